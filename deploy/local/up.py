"""`python -m deploy.local.up`: the stack, the four services and the provider's stand-in, left running."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from deploy.local.addresses import address_lines, how_to_see_a_reply
from deploy.local.environment import Installation, Ports, Secrets, wanted_ports, write_api_key
from deploy.local.processes import Programs, sandbox, services, stop_refs
from deploy.local.running import STACK_NAME, Home, Running
from shared.errors import EtiquetaError
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, say_on_stderr


def main() -> int:
    """Start what is not running and print where it is; returns the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        settings = StackSettings.read()
        home = Home.under(settings.local_dir)
        with home.locked():
            lines = _already_up(settings, home) or _up(settings, home)
    except EtiquetaError as error:
        say_on_stderr(f"make up: {error}")
        return 1
    except KeyboardInterrupt:
        say_on_stderr("make up: interrupted; what it had started is stopped again.")
        return 130
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)


def _already_up(settings: StackSettings, home: Home) -> Sequence[str]:
    """Return what to print when all of it runs, nothing otherwise."""
    running = home.load()
    stack = LocalStack.existing(settings, name=STACK_NAME)
    if running is None or not running.whole or stack is None:
        return []
    if ended := running.ended():
        say_on_stderr(f"{', '.join(ended)} had ended; see {home.logs}. All of it is started anew.")
        return []
    if not stack.status().running:
        say_on_stderr("The stack had ended. All of it is started anew.")
        return []
    return ["Etiqueta is already up.", *_told(stack, running, home)]


def _up(settings: StackSettings, home: Home) -> Sequence[str]:
    before = home.load()
    stop_refs(before.programs if before else {}, home.path)
    known = LocalStack.existing(settings, name=STACK_NAME)
    ours = before.stack_is_ours if before else not (known is not None and known.status().running)
    with wanted_ports(os.environ) as ports:
        pass
    # Recorded first, so that `make down` ends the stack even if this process is killed.
    home.save(Running(stack_is_ours=ours))
    stack = LocalStack.choose(settings, name=STACK_NAME)
    try:
        stack.up()
        running = _start(stack, ports, home, stack_is_ours=ours)
    except BaseException:
        if ours:
            stack.down()
        home.forget()
        raise
    return ["Etiqueta is up.", *_told(stack, running, home)]


def _start(stack: LocalStack, ports: Ports, home: Home, *, stack_is_ours: bool) -> Running:
    """Start the services on the stack; when one of them fails, none goes on."""
    secrets = Secrets.kept(home.secrets)
    write_api_key(home.api_key, secrets)
    installation = Installation(stack.addresses, ports, secrets)
    programs = Programs(home.path, home.logs, installation.environment(os.environ))
    say_on_stderr("Starting ingest, classifier, sanctions, responder and the provider's stand-in.")
    try:
        programs.start([*services(ports), sandbox(ports, "--window", "open")])
        running = Running(programs=programs.refs, ports=ports, stack_is_ours=stack_is_ours)
        home.save(running)
    except BaseException:
        programs.stop()
        raise
    return running


def _told(stack: LocalStack, running: Running, home: Home) -> Sequence[str]:
    return [*address_lines(stack, running.ports, home), *how_to_see_a_reply(running.ports, home)]


if __name__ == "__main__":
    sys.exit(main())
