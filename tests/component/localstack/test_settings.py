"""What the environment may hold, and how a value that cannot be used is said."""

from pathlib import Path

import pytest

from shared.localstack.errors import BadValue
from shared.localstack.layout import StackFolder
from shared.localstack.settings import StackSettings
from shared.localstack.stack import Addresses


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ETIQUETA_KAFKA_PORT", "none"),
        ("ETIQUETA_MONGODB_PORT", "70000"),
        ("ETIQUETA_STACK", "podman"),
        ("ETIQUETA_STACK_START_SECONDS", "0"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadValue, match=f"^{variable} has a value that cannot be used: "):
        StackSettings.read()


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "")
    assert StackSettings.read().kafka_bootstrap_servers is None


def test_everything_written_lies_in_the_local_folder_unless_the_jars_have_their_own(tmp_path: Path) -> None:
    plain = StackSettings(etiqueta_local_dir=tmp_path, etiqueta_jars_dir=None)
    shared = StackSettings(etiqueta_local_dir=tmp_path, etiqueta_jars_dir=tmp_path / "elsewhere")
    assert (plain.local_dir, plain.jars_dir) == (tmp_path, tmp_path / "jars")
    assert shared.jars_dir == tmp_path / "elsewhere"


def test_the_local_folder_is_that_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ETIQUETA_LOCAL_DIR", raising=False)
    project = Path(__file__).resolve().parents[3]
    assert StackSettings.read().local_dir == project / ".local"


def test_no_representation_holds_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://someone:hunter2@store.example/")
    addresses = Addresses(kafka="broker.example:9092", mongodb="mongodb://someone:hunter2@store.example/")
    assert "hunter2" not in repr(StackSettings.read())
    assert "hunter2" not in repr(addresses)


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "-x", "x" * 49, "josé", "a b"])
def test_a_name_that_is_no_plain_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadValue, match="cannot name a stack"):
        StackFolder.named(tmp_path, name)


def test_stacks_of_two_names_share_no_path(tmp_path: Path) -> None:
    one, other = StackFolder.named(tmp_path, "one"), StackFolder.named(tmp_path, "other")
    assert not one.path.is_relative_to(other.path)
    assert one.lock_file != other.lock_file
    assert one.log("kafka").is_relative_to(one.path)


def test_a_stacks_processes_see_no_absolute_path_of_its_home(tmp_path: Path) -> None:
    folder = StackFolder.named(tmp_path / "josé" / ".local", "default")
    jar = tmp_path / "josé" / ".local" / "jars" / "kafka" / "a.jar"
    assert folder.relative(jar) == "../../jars/kafka/a.jar"
