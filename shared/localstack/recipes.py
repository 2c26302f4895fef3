"""What a part that runs as a process must tell about itself, so that one lifecycle serves both."""

from collections.abc import Sequence
from typing import Protocol

from shared.localstack.jars import JarSet
from shared.localstack.state import PartLabel


class Recipe(Protocol):
    """How one program is prepared, started and asked whether it works. Ports: the clients' first."""

    @property
    def label(self) -> PartLabel: ...
    @property
    def title(self) -> str:
        """What people call it, with its version."""

    @property
    def jars(self) -> JarSet: ...
    @property
    def port_count(self) -> int: ...
    @property
    def port_variable(self) -> str:
        """The variable of the environment that fixes its port."""

    @property
    def fixed_port(self) -> int | None: ...

    def prepare(self, ports: Sequence[int]) -> None:
        """Write what the program reads; raises `StackError`. Repeating it keeps the data."""

    def command(self, ports: Sequence[int]) -> Sequence[str]: ...
    def address(self, ports: Sequence[int]) -> str: ...

    def answers(self, ports: Sequence[int], pid: int, timeout_seconds: float) -> bool:
        """Tell whether a real request got an answer out of this very process, not a neighbour's."""
