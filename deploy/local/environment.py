"""The environment of a local installation: all that the four services and the sandbox are told.

An installation is one company on one stack, with ports and secrets of its own, so that several can run
on a machine side by side.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict

from deploy.local.sandbox.webhooks import Number
from shared.localstack.errors import BadValue, PortTaken, StateUnreadable
from shared.localstack.layout import unwritable
from shared.localstack.ports import HOST, held_free_ports
from shared.localstack.stack import Addresses

ROOT: Final = Path(__file__).resolve().parents[2]
POLICIES: Final = ROOT / "deploy" / "policies"
ACCOUNTS: Final = ROOT / "deploy" / "local" / "accounts.yaml"
TENANT: Final = "trackingpremium"
NUMBER: Final = Number("800000000000001", "50760000900")
"""The company's WhatsApp number, as accounts.yaml has it."""
SERVICES: Final = ("ingest", "classifier", "sanctions", "responder")
SANDBOX: Final = "sandbox"
DATABASE: Final = "etiqueta"
_OWN_PREFIXES: Final = ("ETIQUETA_", *(f"{name.upper()}_" for name in SERVICES))
_ANYBODYS: Final = frozenset({"ETIQUETA_LOG_LEVEL"})


class Ports(BaseModel):
    """Where the services and the sandbox listen, on 127.0.0.1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ingest: int = 8081
    classifier: int = 8082
    sanctions: int = 8083
    responder: int = 8084
    sandbox: int = 9400

    def of(self, name: str) -> int:
        port: int = getattr(self, name)
        return port

    def url(self, name: str) -> str:
        """Return the base address of one of them."""
        return f"http://{HOST}:{self.of(name)}"


PORT_NAMES: Final = tuple(Ports.model_fields)


def variable_of_port(name: str) -> str:
    """Return the variable of the environment that decides a port."""
    return f"{name.upper()}_HTTP_PORT"


@contextmanager
def free_ports() -> Iterator[Ports]:
    """Hold free ports, so that no other installation takes them; to be left before anything starts."""
    with held_free_ports(len(PORT_NAMES)) as held:
        yield Ports(**dict(zip(PORT_NAMES, held, strict=True)))


@contextmanager
def wanted_ports(environment: Mapping[str, str]) -> Iterator[Ports]:
    """Hold the ports that the environment names, else the usual ones, else free ones.

    Raises `PortTaken` for one that is named and taken, `BadValue` for one that is no port.
    """
    with ExitStack() as holding:
        yield Ports(**{name: _wanted_port(name, environment, holding) for name in PORT_NAMES})


def _wanted_port(name: str, environment: Mapping[str, str], holding: ExitStack) -> int:
    variable = variable_of_port(name)
    if written := environment.get(variable):
        if not (written.isdecimal() and 1 <= int(written) <= 65_535):
            raise BadValue(f"{variable} is no port; write a number from 1 to 65535, or leave it out.")
        return holding.enter_context(held_free_ports(1, (int(written),), variable))[0]
    try:
        return holding.enter_context(held_free_ports(1, (Ports().of(name),)))[0]
    except PortTaken:
        return holding.enter_context(held_free_ports(1))[0]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only the processes of one installation know, by the names that accounts.yaml uses."""

    client_key: str = field(repr=False)
    api_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)

    @classmethod
    def made(cls) -> Self:
        return cls(*(secrets.token_urlsafe(24) for _ in range(5)))

    @classmethod
    def kept(cls, path: Path) -> Self:
        """Return those of the file, made when it is absent: with another key clients would be strangers.

        Raises `StateUnreadable` for a file that holds something else, `StackError` when it cannot be
        written.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            made = cls.made()
        except (OSError, ValueError, TypeError):
            raise StateUnreadable(f"{path} does not hold this installation's secrets; remove it.") from None
        _write_privately(path, json.dumps({name: getattr(made, name) for name in cls.__slots__}))
        return made

    def variables(self) -> dict[str, str]:
        return {
            "TRACKINGPREMIUM_CLIENT_KEY": self.client_key,
            "TRACKINGPREMIUM_API_KEY": self.api_key,
            "META_APP_SECRET": self.app_secret,
            "META_VERIFY_TOKEN": self.verify_token,
            "META_ACCESS_TOKEN": self.access_token,
        }


def write_api_key(path: Path, known: Secrets) -> None:
    """Write the API key alone, for commands that read it from a file and so never show it."""
    _write_privately(path, known.api_key)


def _write_privately(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(path, error) from error


@dataclass(frozen=True, slots=True)
class Installation:
    """One company on one stack."""

    stack: Addresses
    ports: Ports
    secrets: Secrets
    clock: Literal["wall", "events"] = "wall"
    database: str = DATABASE

    def environment(self, base: Mapping[str, str], **changes: str) -> dict[str, str]:
        """Return the variables of every process: of `base` what is not the project's own, and all of ours.

        `changes` are laid over them, by the names of the variables.
        """
        inherited = {name: value for name, value in base.items() if not _is_own(name)}
        ports = {variable_of_port(name): str(self.ports.of(name)) for name in SERVICES}
        return {
            **inherited,
            **self.secrets.variables(),
            **ports,
            "KAFKA_BOOTSTRAP_SERVERS": self.stack.kafka,
            "MONGODB_URI": self.stack.mongodb,
            "MONGODB_DATABASE": self.database,
            "ETIQUETA_POLICIES": str(POLICIES),
            "ETIQUETA_ACCOUNTS": str(ACCOUNTS),
            "ETIQUETA_CLOCK": self.clock,
            "ETIQUETA_HTTP_HOST": HOST,
            "RESPONDER_WHATSAPP_URL": self.ports.url(SANDBOX),
            **changes,
        }


def _is_own(name: str) -> bool:
    """Tell whether a variable is the project's: a shell may hold those of another installation."""
    return name.startswith(_OWN_PREFIXES) and name not in _ANYBODYS
