"""Servers that somebody else runs: only their addresses are known, out of the environment."""

from typing import Literal

from shared.localstack import readiness
from shared.localstack.errors import NotControllable, StartFailed
from shared.localstack.parts import PartStatus
from shared.localstack.state import PartLabel

_ANSWER_SECONDS = 5.0
VARIABLES: dict[PartLabel, str] = {"kafka": "KAFKA_BOOTSTRAP_SERVERS", "mongodb": "MONGODB_URI"}


class GivenPart:
    """A part that is only looked at. Its address may carry a password: no message repeats it."""

    source: Literal["environment"] = "environment"

    def __init__(self, label: PartLabel, address: str | None) -> None:
        self.label: PartLabel = label
        self._address = address

    @property
    def address(self) -> str:
        if self._address is None:
            raise NotControllable(f"{VARIABLES[self.label]} is no longer set; set it as it was at the start.")
        return self._address

    @property
    def title(self) -> str:
        return f"the server in {VARIABLES[self.label]}"

    @property
    def pid(self) -> int | None:
        return None

    def start(self, *, keep_ports: bool = True) -> None:
        """Check that the server answers; raises `StartFailed` that names the variable."""
        del keep_ports
        if not self._answers(self.address):
            raise StartFailed(
                f"The server that {VARIABLES[self.label]} names did not answer within "
                f"{_ANSWER_SECONDS:.0f} s; start it, correct the variable, or unset it for a local one."
            )

    def stop(self) -> None:
        """Leave it alone: whoever started it stops it."""

    def remove(self) -> None:
        """Leave it alone: whoever started it removes it."""

    def let_go(self) -> None:
        """Hold nothing that could be given up."""

    def kill(self) -> None:
        raise self._not_ours()

    def pause(self) -> None:
        raise self._not_ours()

    def resume(self) -> None:
        raise self._not_ours()

    def status(self) -> PartStatus:
        running = self._address is not None and self._answers(self._address)
        variable = VARIABLES[self.label]
        detail = f"{variable} is not set." if self._address is None else f"{variable} did not answer."
        return PartStatus(
            label=self.label,
            title=self.title,
            source=self.source,
            condition="running" if running else "silent",
            address=None,
            detail="" if running else detail,
        )

    def _answers(self, address: str) -> bool:
        if self.label == "kafka":
            return readiness.kafka_cluster_id(address, _ANSWER_SECONDS) is not None
        return readiness.mongodb_answers(address, _ANSWER_SECONDS)

    def _not_ours(self) -> NotControllable:
        return NotControllable(
            f"The server that {VARIABLES[self.label]} names was not started here and is left alone; unset "
            "the variable to run this against a local one."
        )
