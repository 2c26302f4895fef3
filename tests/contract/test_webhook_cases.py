"""Every recorded request comes to exactly what its case says: `pytest tests/contract --cases DIR`."""

import hashlib
from urllib.parse import parse_qsl

import pytest

from services.ingest.providers import PROVIDERS, meta
from services.ingest.providers.base import ParseResult, Provider
from shared.errors import Unreadable
from tests.contract.cases import (
    COUNTED,
    Case,
    Sequence,
    Vector,
    counts_of,
    differences,
    identity_of,
    lines_of,
)

SIGNED_BY_META = frozenset({"whatsapp", "messenger", "instagram"})
SCHEME_OF = {
    "telegram_secret_token": "telegram",
    "twilio": "twilio",
    "mailgun": "email",
    "teams_outgoing_webhook": "teams",
    "standard_webhooks": "generic",
}


def parser_of(provider: str) -> Provider:
    if provider not in PROVIDERS:
        pytest.skip(f"{provider}: no parser yet")
    return PROVIDERS[provider]


def parsed(case: Case) -> ParseResult:
    return parser_of(case.provider).parse(case.raw, headers=case.headers)


def test_the_body_has_the_bytes_that_were_recorded(case: Case) -> None:
    if case.sha256 is None:
        pytest.skip("the case names no digest")
    assert hashlib.sha256(case.raw).hexdigest() == case.sha256


def test_a_request_comes_to_the_expected_events(case: Case) -> None:
    if case.expect.get("http", "2xx") == "4xx":
        with pytest.raises(Unreadable):
            parsed(case)
        return
    lines = lines_of(parsed(case))
    expected = case.expect.get("events")
    if expected is not None:
        assert [line["kind"] for line in lines] == [event["kind"] for event in expected]
        assert differences(expected, lines) == []
    counts = counts_of(lines)
    assert {name: counts[name] for name in COUNTED if name in case.expect} == {
        name: case.expect[name] for name in COUNTED if name in case.expect
    }


def test_what_cannot_be_read_is_told_by_its_place(broken_case: Case) -> None:
    told = [{"path": item.path, "reason": item.reason.value} for item in parsed(broken_case).unreadable]
    assert told == broken_case.expect["unreadable"]


def test_a_redelivery_gives_the_same_identities(case: Case) -> None:
    if case.expect.get("http", "2xx") == "4xx":
        pytest.skip("the whole body cannot be read")
    first, second = ([identity_of(event) for event in parsed(case).events] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def test_only_the_untouched_body_passes_its_signature(case: Case) -> None:
    parser = parser_of(case.provider)
    if case.provider not in SIGNED_BY_META:
        pytest.skip(f"{case.provider}: signed by another scheme, which signature_vectors.json covers")
    headers = {meta.SIGNATURE_HEADER: meta.signature("app-secret", case.raw)}
    assert parser.verify_signature(headers, case.raw, secrets=["app-secret"])
    assert not parser.verify_signature(headers, case.raw + b" ", secrets=["app-secret"])


def test_a_signature_vector_is_judged_as_it_says(vector: Vector) -> None:
    values = vector.values
    if vector.scheme == "meta_x_hub_signature_256":
        headers = {} if values["header"] is None else {"x-hub-signature-256": values["header"]}
        judged: object = meta.verify_signature(headers, values["body"].encode(), secrets=[values["secret"]])
        assert judged is values["valid"]
    elif vector.scheme == "meta_get_verification":
        answered = meta.subscription_challenge(dict(parse_qsl(values["query"])), values["verify_token"])
        assert answered == (values["body"] if values["status"] == 200 else None)
    else:
        pytest.skip(f"{SCHEME_OF.get(vector.scheme, vector.scheme)}: no parser yet")


def test_a_sequence_counts_each_event_once(sequence: Sequence) -> None:
    parser = parser_of(sequence.provider)
    first_seen: dict[tuple[str | None, ...], dict[str, object]] = {}
    if sequence.bodies is None:
        pytest.skip("the deliveries are named in a way that is not known here")
    for body in sequence.bodies:
        result = parser.parse(body)
        for event, line in zip(result.events, lines_of(result), strict=True):
            first_seen.setdefault(identity_of(event), line)
    lines = list(first_seen.values())
    known = {*COUNTED, "events", "distinct"}
    if not known & sequence.expect.keys():
        pytest.skip(f"expects only what is judged elsewhere: {', '.join(sequence.expect) or 'nothing'}")
    actual = counts_of(lines) | {"events": lines, "distinct": len(lines)}
    checked = {name: sequence.expect[name] for name in known if name in sequence.expect}
    assert differences(checked, actual) == []
