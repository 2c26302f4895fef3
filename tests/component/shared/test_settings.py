"""What is read from the environment, once; a missing or wrong value is one sentence that names it."""

from pathlib import Path

import pytest

from services.classifier.settings import ClassifierSettings
from services.ingest.settings import IngestSettings
from services.responder.settings import ResponderSettings
from services.sanctions.settings import SanctionsSettings
from shared.errors import UserError
from shared.settings import ServiceSettings, secret

NEEDED = {
    "KAFKA_BOOTSTRAP_SERVERS": "localhost:9092",
    "MONGODB_URI": "mongodb://user:s3cret@localhost",
    "ETIQUETA_POLICIES": "/policies",
    "ETIQUETA_ACCOUNTS": "/accounts.yaml",
}
ALL: list[type[ServiceSettings]] = [ClassifierSettings, IngestSettings, ResponderSettings, SanctionsSettings]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("settings", ALL)
def test_what_differs_between_environments_is_read_and_a_password_never_shown(
    settings: type[ServiceSettings],
) -> None:
    read = settings.read()
    assert read.kafka_bootstrap_servers == "localhost:9092"
    assert read.mongodb_uri.get_secret_value() == NEEDED["MONGODB_URI"]
    assert read.etiqueta_policies == Path("/policies")
    assert "s3cret" not in repr(read)


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("settings", ALL)
def test_what_is_not_set_is_named(
    settings: type[ServiceSettings], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(UserError, match=f"^{name} is not set"):
        settings.read()


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (ServiceSettings, "KAFKA_BOOTSTRAP_SERVERS", ""),
        (ServiceSettings, "MONGODB_DATABASE", "no/slash"),
        (ServiceSettings, "ETIQUETA_CLOCK", "sundial"),
        (ServiceSettings, "ETIQUETA_LOG_LEVEL", "LOUD"),
        (ServiceSettings, "ETIQUETA_BATCH_RECORDS", "0"),
        (ServiceSettings, "ETIQUETA_DRAIN_SECONDS", "soon"),
        (IngestSettings, "INGEST_HTTP_PORT", "70000"),
        (IngestSettings, "INGEST_BODY_BYTES", "1"),
        (ClassifierSettings, "CLASSIFIER_PUBLISH_SECONDS", "0"),
        (SanctionsSettings, "SANCTIONS_TIMER_SECONDS", "-1"),
        (ResponderSettings, "RESPONDER_WHATSAPP_URL", "graph.facebook.com"),
        (ResponderSettings, "RESPONDER_WHATSAPP_URL", "https://graph.facebook.com/v23.0"),
        (ResponderSettings, "RESPONDER_WHATSAPP_VERSION", "23"),
    ],
)
def test_what_cannot_be_used_is_named_and_said_why(
    settings: type[ServiceSettings], name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as caught:
        settings.read()
    assert str(caught.value).startswith(f"{name} has a value that cannot be used: ")
    assert "\n" not in str(caught.value)


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(ValueError, match="frozen"):
        ServiceSettings.read().etiqueta_clock = "events"  # type: ignore[misc]


@pytest.mark.parametrize(("instance", "expected"), [(None, None), ("pod-0", "pod-0-sanctions-ledger")])
def test_a_consumers_static_name_is_its_processs_its_services_and_its_own(
    instance: str | None, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if instance is not None:
        monkeypatch.setenv("ETIQUETA_INSTANCE", instance)
    assert ServiceSettings.read().instance("sanctions", "ledger") == expected


def test_a_secret_is_read_from_a_variable_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n", encoding="utf-8")
    assert secret({"env": "TOKEN"}, "here", {"TOKEN": "s3cret"}) == "s3cret"
    assert secret({"file": str(tmp_path / "token")}, "here", {}) == "s3cret"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"env": "TOKEN"}, "the variable TOKEN is not set or empty"),
        ({"env": "EMPTY"}, "the variable EMPTY is not set or empty"),
        ({"file": "nowhere"}, "cannot be read"),
        ({"file": "empty"}, "is empty"),
        ({"file": "binary"}, "is not UTF-8"),
        ({"value": "s3cret"}, "never as itself"),
        ({}, "never as itself"),
    ],
)
def test_a_secret_that_cannot_be_had_is_named_and_never_shown(
    tmp_path: Path, reference: dict[str, str], said: str
) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    placed = {name: str(tmp_path / value) if name == "file" else value for name, value in reference.items()}
    with pytest.raises(UserError) as caught:
        secret(placed, "tenant acme, client_key", {"EMPTY": ""})
    assert str(caught.value).startswith("tenant acme, client_key: ")
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)
