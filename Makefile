# Every target sets up what it needs; a second run needs no network.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
# Compiled modules are kept: without them every start costs seconds more.
unexport PYTHONDONTWRITEBYTECODE
# Options for pytest, such as --randomly-seed=1 to repeat an order.
PYTEST ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo up down test check unit alone lint format types integration bench train lock clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "etiqueta needs Python 3.11 or newer; $(PYTHON) is older. Run: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "The venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.python
	@echo "Setting up, once: the services and the local stack"
	@$(RUN) deploy/local/install.py requirements.lock
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Setting up, once: what contributors need"
	@$(RUN) deploy/local/install.py requirements-dev.lock
	@touch $@

setup: $(VENV)/.run ## Set up to run (demo, up)
setup-dev: $(VENV)/.dev ## Set up to contribute (test, check)

demo: setup ## Play one working day of a company and show it as a conversation
	@$(BIN)/python -m deploy.local.demo

up: setup ## Start the stack and the four services, leave them running, print the addresses
	@$(BIN)/python -m deploy.local.up

down: ## Stop what `make up` started
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m deploy.local.down; fi

unit: setup-dev ## The fast tests alone, in seconds
	@$(RUN) -m pytest tests/unit -q -n 2 -m "not slow" -p no:logging -p no:cacheprovider $(PYTEST)

alone: setup-dev ## Every test that needs no stack
	@$(RUN) -m pytest tests/unit tests/component tests/architecture -q -n 2 $(PYTEST)

integration: setup-dev ## The tests on the real stack alone
	@# What fails is run once more by itself: that tells a defect from a machine under load.
	@$(RUN) -m pytest tests/contract tests/integration tests/faults -q -n 2 --dist loadfile $(PYTEST) \
	  || $(RUN) -m pytest tests/contract tests/integration tests/faults -q --last-failed --last-failed-no-failures none

lint: setup-dev ## Formatting and lint
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

format: setup-dev ## Put the formatting right
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

types: setup-dev ## mypy, strict, tests included
	@$(BIN)/mypy services shared deploy tests

test: lint types alone integration ## Everything a contributor must see pass
	@$(BIN)/etiqueta policy check deploy/policies/trackingpremium.yaml
	@$(BIN)/etiqueta rehearse deploy/policies/*.rehearsal.yaml

check: test ## What CI runs

bench: setup-dev ## The performance report
	@$(RUN) -m tests.bench

train: setup-dev ## Rebuild the classifier's model from the data in the repository
	@$(RUN) -m services.classifier.training

lock: setup-dev ## Resolve the dependencies anew, with hashes, for all platforms
	@$(RUN) -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements-serve.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra local pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra local --extra dev --extra train pyproject.toml -o requirements-dev.lock

clean: down ## Remove what was set up and all local data
	@rm -rf $(VENV) .local
