"""The jars of the broker and the store: named by lock files with hashes, fetched once, checked each time.

The lock files are jgo's (`relock.py` writes them). A start reads them and hashes what is there; only
what is missing or altered is downloaded, so a second start needs no network.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict

from shared.localstack.layout import unwritable


class LockedJar(BaseModel):
    """One jar as the lock file names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    groupId: str  # noqa: N815 - the lock file's own words
    artifactId: str  # noqa: N815
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        return f"{self.groupId}:{self.artifactId}:{self.version}"

    @property
    def file_name(self) -> str:
        return f"{self.artifactId}-{self.version}.jar"

    def is_good(self, path: Path) -> bool:
        """Tell whether `path` holds exactly the locked bytes."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


@dataclass(frozen=True, slots=True)
class JarSet:
    """The jars of one program, in the order of its lock file."""

    name: str
    folder: Path
    jars: tuple[LockedJar, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.folder / jar.file_name for jar in self.jars)

    @property
    def version(self) -> str:
        """The program's own version: that of the first jar."""
        return self.jars[0].version

    def unusable(self) -> tuple[LockedJar, ...]:
        """Return the jars that are missing or altered."""
        return tuple(jar for jar in self.jars if not jar.is_good(self.folder / jar.file_name))


def locked(name: str, jars_dir: Path) -> JarSet:
    """Return the jar set of the committed lock file `NAME.lock.toml`; another lock is another folder."""
    text = Path(__file__).with_name(f"{name}.lock.toml").read_bytes()
    jars = tuple(LockedJar.model_validate(entry) for entry in tomllib.loads(text.decode())["dependencies"])
    listing = "\n".join(jar.sha256 for jar in jars)
    digest = hashlib.sha256(listing.encode()).hexdigest()[:12]
    return JarSet(name, jars_dir / f"{name}-{jars[0].version}-{digest}", jars)


def provide(jar_sets: Sequence[JarSet]) -> None:
    """Make every jar of the sets present and right, downloading what is not.

    Raises `DownloadFailed` when they cannot be fetched or have other bytes than the lock says, and
    `DiskFull` or `StackError` when they cannot be written.
    """
    if not any(jars.unusable() for jars in jar_sets):
        return
    from shared.localstack.downloads import download  # noqa: PLC0415 - a second start has no use for jgo

    root = jar_sets[0].folder.parent
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            download([(jar, jars.folder) for jars in jar_sets for jar in jars.unusable()], root)
    except OSError as error:
        raise unwritable(root, error) from error
