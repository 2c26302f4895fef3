"""Jars out of a Maven repository: fetched by jgo, several at a time, kept only with the right hash."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import requests
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL, default_maven_repo
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from shared.localstack.errors import DownloadFailed
from shared.localstack.jars import LockedJar

_PARALLEL_DOWNLOADS = 4
_TRIES = 2
_TIMEOUT_SECONDS = 15


def download(wanted: Sequence[tuple[LockedJar, Path]], root: Path) -> None:
    """Fetch each jar into its folder; raises `DownloadFailed`, or `OSError` when it cannot be written.

    A jar appears in its folder only whole and with the locked hash. A jar that the user's own Maven
    repository holds is taken from there.
    """
    if not wanted:
        return
    incoming = Path(tempfile.mkdtemp(prefix=".incoming-", dir=root))
    pool = ThreadPoolExecutor(_PARALLEL_DOWNLOADS, thread_name_prefix="jars")
    try:
        with _progress(len(wanted)) as (jar_done, on_file):
            context = _context(incoming, PythonResolver(progress_callback=on_file))
            for _ in pool.map(lambda pair: _provide(context, *pair), wanted):
                jar_done()
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(incoming, ignore_errors=True)


def _context(incoming: Path, resolver: PythonResolver) -> MavenContext:
    """Look where the user's own jgo settings say, so that a company's mirror works; else Maven Central."""
    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    return MavenContext(
        resolver=resolver, repo_cache=incoming, remote_repos=repositories, timeout=_TIMEOUT_SECONDS
    )


def _provide(context: MavenContext, jar: LockedJar, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    component = context.project(jar.groupId, jar.artifactId).at_version(jar.version)
    artifact = component.artifact()
    fetched = context.repo_cache / component.path_prefix / jar.file_name
    own = default_maven_repo() / component.path_prefix / jar.file_name
    if jar.is_good(own):
        fetched.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(own, fetched)
    else:
        _fetch(artifact.resolve, jar, fetched)
    fetched.replace(folder / jar.file_name)


def _fetch(resolve: Callable[[], object], jar: LockedJar, target: Path) -> None:
    for last_try in (False,) * (_TRIES - 1) + (True,):
        target.unlink(missing_ok=True)
        try:
            resolve()
        except requests.RequestException as error:
            if last_try:
                raise _unreachable(jar, type(error).__name__) from error
        except RuntimeError as error:
            raise _unreachable(jar, "no repository has it") from error
        else:
            if jar.is_good(target):
                return
    raise DownloadFailed(
        f"The jar {jar.coordinate} that was downloaded is not the one that the lock file names (its "
        "SHA-256 differs); try again, and if it stays so have the repository mirror or proxy checked."
    )


def _unreachable(jar: LockedJar, why: str) -> DownloadFailed:
    return DownloadFailed(
        f"The jar {jar.coordinate} could not be downloaded ({why}). The local stack needs the network "
        "once: connect it, set HTTPS_PROXY, or name a mirror under [repositories] in jgo's settings, "
        "and try again."
    )


_OnFile = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]


@contextmanager
def _progress(jar_count: int) -> Iterator[tuple[Callable[[], None], _OnFile]]:
    """Show a bar of jars and of bytes on standard error; yields what to call per jar and per file."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[size]}"),
    )
    received_bytes = 0
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Downloading jars, once", total=jar_count, size="")

        @contextmanager
        def on_file(name: str, size_bytes: int) -> Iterator[Callable[[int], None]]:
            del name, size_bytes
            yield count

        def count(chunk_bytes: int) -> None:
            nonlocal received_bytes
            received_bytes += chunk_bytes
            progress.update(task, size=f"{received_bytes / 1e6:.0f} MB")

        yield lambda: progress.advance(task), on_file
