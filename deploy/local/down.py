"""`python -m deploy.local.down`: stops what `make up` started, and nothing else."""

import sys

from deploy.local.processes import stop_refs
from deploy.local.running import STACK_NAME, Home, Running
from shared.errors import EtiquetaError
from shared.localstack.errors import StateUnreadable
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, say_on_stderr


def main() -> int:
    """Stop it and say what was stopped; returns the exit code."""
    try:
        settings = StackSettings.read()
        home = Home.under(settings.local_dir)
        if not home.path.exists():
            stopped = []
        else:
            with home.locked():
                stopped = _down(settings, home)
    except EtiquetaError as error:
        say_on_stderr(f"make down: {error}")
        return 1
    if stopped:
        sys.stdout.write(
            f"Stopped: {', '.join(stopped)}. What was stored is there again at the next `make up`.\n"
        )
    else:
        sys.stdout.write("Nothing of `make up` is running.\n")
    return 0


def _down(settings: StackSettings, home: Home) -> list[str]:
    try:
        running = home.load() or Running(stack_is_ours=False)
    except StateUnreadable:  # then all that carries the folder's mark is ended, and its stack
        running = Running(stack_is_ours=True)
    stopped = list(stop_refs(running.programs, home.path))
    stack = LocalStack.existing(settings, name=STACK_NAME)
    if stack is not None and running.stack_is_ours:
        stopped += [part.title for part in (stack.kafka, stack.store) if part.pid is not None]
        stack.down()
    home.forget()
    return stopped


if __name__ == "__main__":
    sys.exit(main())
