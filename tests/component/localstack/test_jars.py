"""The lock files of the jars, and that what is right is not fetched again."""

import hashlib
import re
from pathlib import Path

import pytest

from shared.localstack import downloads, jars
from shared.localstack.errors import StackError
from shared.localstack.jars import JarSet, LockedJar, locked, provide

LOCKS = Path(jars.__file__).parent
BYTES = b"a jar"


def a_jar(content: bytes = BYTES) -> LockedJar:
    digest = hashlib.sha256(content).hexdigest()
    return LockedJar(groupId="org.example", artifactId="thing", version="1.0", sha256=digest)


def a_set(folder: Path) -> JarSet:
    return JarSet("thing", folder / "thing", (a_jar(),))


@pytest.mark.parametrize("name", ["kafka", "mongodb"])
def test_a_lock_file_has_a_hash_for_every_jar_and_no_address(name: str, tmp_path: Path) -> None:
    text = (LOCKS / f"{name}.lock.toml").read_text(encoding="utf-8")
    assert re.search(r"https?:|//", text) is None
    for jar in locked(name, tmp_path).jars:
        assert re.fullmatch(r"[0-9a-f]{64}", jar.sha256)


def test_all_of_kafkas_own_jars_are_of_one_version(tmp_path: Path) -> None:
    kafka = locked("kafka", tmp_path)
    own = {jar.version for jar in kafka.jars if jar.groupId == "org.apache.kafka"}
    assert own == {kafka.version}


@pytest.mark.parametrize("name", ["kafka", "mongodb"])
def test_no_two_jars_of_a_set_have_one_file_name(name: str, tmp_path: Path) -> None:
    files = locked(name, tmp_path).files
    assert len(set(files)) == len(files)


def test_another_lock_has_another_folder(tmp_path: Path) -> None:
    assert locked("kafka", tmp_path).folder != locked("mongodb", tmp_path).folder


def test_a_missing_a_cut_off_and_an_altered_jar_are_unusable(tmp_path: Path) -> None:
    jar_set = a_set(tmp_path)
    path = jar_set.files[0]
    assert jar_set.unusable() == jar_set.jars
    path.parent.mkdir()
    for content, good in ((BYTES[:-1], False), (b"another", False), (BYTES, True)):
        path.write_bytes(content)
        assert (jar_set.unusable() == ()) is good


def test_jars_that_are_right_are_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a download was begun")

    monkeypatch.setattr(downloads, "download", refuse)
    jar_set = a_set(tmp_path)
    jar_set.folder.mkdir()
    jar_set.files[0].write_bytes(BYTES)
    provide([jar_set])


def test_only_what_is_wrong_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(downloads, "download", lambda wanted, _: asked.extend(wanted))
    jar_set = a_set(tmp_path)
    provide([jar_set])
    assert asked == [(a_jar(), jar_set.folder)]


def test_jars_that_cannot_be_written_are_said_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "jars").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(StackError, match=r"jars cannot be written .* ETIQUETA_LOCAL_DIR"):
        provide([a_set(tmp_path / "jars")])
