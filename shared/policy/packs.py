"""The packs of a folder: the active one of each tenant, and every version seen, by its hash."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.ids import PackHash, TenantId
from shared.policy.compile import load_pack
from shared.policy.pack import CompiledPack
from shared.policy.problems import PolicyErrors, Problem

REHEARSAL_SUFFIX: Final = ".rehearsal.yaml"
"""What a folder of packs may hold beside them."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What came of reading the folder again."""

    activated: tuple[CompiledPack, ...] = ()
    """Packs that are new or changed, and judge from now on."""
    problems: tuple[Problem, ...] = ()
    """What keeps a file from becoming active; the version before it stays."""


class PackShelf:
    """Packs of one folder. Only what compiles becomes active; what is active stays until then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._active: dict[TenantId, CompiledPack] = {}
        self._versions: dict[PackHash, CompiledPack] = {}
        self._compiled: dict[Path, tuple[bytes, CompiledPack]] = {}

    def reload(self) -> Reloaded:
        """Read the folder again and swap what compiles."""
        problems: list[Problem] = []
        found: dict[TenantId, CompiledPack] = {}
        for path in pack_files(self._folder):
            try:
                pack = self._load(path)
            except PolicyErrors as errors:
                problems += errors.problems
                continue
            first = found.setdefault(pack.tenant, pack)
            if first is not pack:
                what = f"tenant `{pack.tenant}` has a pack already, in {first.file}"
                problems.append(Problem(str(path), 1, None, what, "Keep one of the two"))
        if not (found or problems or self._active):
            what, remedy = "this folder holds no pack", "Put a .yaml file there for each tenant"
            problems.append(Problem(str(self._folder), 1, None, what, remedy))
        activated = tuple(pack for pack in found.values() if self.activate(pack))
        return Reloaded(activated, tuple(problems))

    def _load(self, path: Path) -> CompiledPack:
        """Return the pack of a file, compiled only when its text is another: a service looks often."""
        known = self._compiled.get(path)
        text = path.read_bytes() if path.is_file() else b""
        if known is not None and known[0] == text:
            return known[1]
        pack = load_pack(path)
        self._compiled[path] = text, pack
        return pack

    def activate(self, pack: CompiledPack) -> bool:
        """Make a pack the one that judges its tenant; say whether that changed anything."""
        self.add(pack)
        if self._active.get(pack.tenant) == pack:
            return False
        self._active[pack.tenant] = pack
        return True

    def add(self, pack: CompiledPack) -> None:
        """Keep a version for the records that name it, without making it active."""
        self._versions.setdefault(pack.hash, pack)

    def active(self, tenant: TenantId) -> CompiledPack | None:
        return self._active.get(tenant)

    def actives(self) -> tuple[CompiledPack, ...]:
        return tuple(self._active.values())

    def version(self, pack: PackHash) -> CompiledPack | None:
        """Return the version that a record names, where it has been seen."""
        return self._versions.get(pack)


def pack_files(folder: Path) -> list[Path]:
    """Return the packs of a folder in the order of their names: no rehearsals, no hidden files."""
    return sorted(
        path
        for path in folder.glob("*.yaml")
        if not path.name.endswith(REHEARSAL_SUFFIX) and not path.name.startswith(".")
    )
