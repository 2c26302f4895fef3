"""`python -m deploy.local.demo`: starts everything, plays the day, shows it, and leaves nothing running."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import httpx

from deploy.local.demo.account import counted, replies_that_differ, search, totals_that_differ
from deploy.local.demo.ending import show_how_to_go_on, show_queries, show_totals
from deploy.local.demo.failure import DayStopped, Difference
from deploy.local.demo.logs import Logs, log_folder
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.outside import Outside, http_client
from deploy.local.demo.play import Player
from deploy.local.demo.script import DAY, Script, read_day
from deploy.local.demo.show import Screen, standard_output
from deploy.local.demo.stage import PARTITIONS, Stage, set_up
from deploy.local.demo.watch import Watch
from deploy.local.environment import POLICIES, TENANT
from shared.clock import monotonic_seconds
from shared.errors import EtiquetaError
from shared.events.base import Address
from shared.ids import client_id
from shared.localstack.settings import StackSettings
from shared.policy.compile import load_pack


def main(arguments: Sequence[str]) -> int:
    """Play the day; returns the exit code: 0 when all went as the script expects."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    begun_seconds = monotonic_seconds()
    try:
        script, settings = read_day(options.day), StackSettings.read()
        screen = Screen(standard_output(), load_pack(POLICIES / f"{TENANT}.yaml"))
        screen.title(f"One day of {script.day.company} on WhatsApp: {script.day.date:%A, %d %B %Y}")
        with log_folder(settings.local_dir) as logs:
            with set_up(settings, logs.path, screen) as stage:
                differences = asyncio.run(_day(stage, script, screen, logs))
            if not differences:
                logs.forget()
    except EtiquetaError as error:
        sys.stderr.write(f"\nThe demo stopped. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nThe demo was interrupted; nothing is left running.\n")
        return 130
    return _verdict(screen, differences, monotonic_seconds() - begun_seconds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.local.demo",
        description="Play one working day of a company through the whole line, and show it.",
        epilog="Exit code 0: all went as the day's script expects; 1: something did not.",
    )
    parser.add_argument("--day", type=Path, default=DAY, help="another script of a day")
    return parser


def _leave(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)


def _verdict(screen: Screen, differences: Sequence[Difference], seconds: float) -> int:
    if not differences:
        show_how_to_go_on(screen)
        screen.say()
        screen.say(f"All went as expected. Nothing is left running. {seconds:.0f} s in all.", "bold green")
        return 0
    for difference in differences:
        screen.differs(difference)
    many = f"{len(differences)} things were" if len(differences) > 1 else "1 thing was"
    screen.say()
    screen.say(f"{many} not as expected. Nothing is left running.", "bold red")
    return 1


async def _day(stage: Stage, script: Script, screen: Screen, logs: Logs) -> Sequence[Difference]:
    """Play the day and show what it came to; returns all that was not as expected."""
    try:
        async with http_client() as http, Watch.opened(stage.kafka, PARTITIONS) as watch:
            with stage.store() as opened:
                outside, store = Outside(http, stage.ports, stage.secrets), DayStore(opened)
                log = await Player(script, watch, outside, store, screen).play()
                totals, searched = (
                    await counted(store, outside),
                    await search(script, watch, store, logs.path),
                )
                show_totals(screen, totals, log, searched)
                await show_queries(screen, store, _names(script, stage))
                return [
                    *log.differences,
                    *totals_that_differ(script, totals),
                    *await replies_that_differ(script, store, outside),
                    *searched.found,
                ]
    except (DayStopped, httpx.HTTPError) as error:
        stage.programs.check()  # a service that has died says more than what it left undone
        if isinstance(error, DayStopped):
            raise
        raise DayStopped(f"A service does not answer ({type(error).__name__}).") from None


def _names(script: Script, stage: Stage) -> Mapping[str, str]:
    """Return the clients' names by the ids under which they are stored."""
    key = stage.secrets.client_key.encode()
    clients = script.day.clients.values()
    return {client_id(key, Address(phone=one.phone).normalised()): one.name for one in clients}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
