"""Meta's signature and subscription: only the right secret over the right bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.providers import meta

RAW = b'{"object":"whatsapp_business_account","entry":[]}'
SIGNED = meta.signature("secret", RAW)


@pytest.mark.parametrize("name", ["X-Hub-Signature-256", "x-hub-signature-256", "X-HUB-SIGNATURE-256"])
def test_the_header_is_found_whatever_its_case(name: str) -> None:
    assert meta.verify_signature({name: SIGNED}, RAW, secrets=["secret"])


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sha256=",
        SIGNED[:-1],
        SIGNED + "0",
        SIGNED.removeprefix("sha256="),
        "sha1=" + SIGNED[7:],
        "sha256=é",
    ],
)
def test_any_other_header_is_refused(given: str) -> None:
    assert not meta.verify_signature({meta.SIGNATURE_HEADER: given}, RAW, secrets=["secret"])


def test_a_missing_header_is_refused() -> None:
    assert not meta.verify_signature({}, RAW, secrets=["secret"])


def test_during_a_rotation_either_secret_is_enough() -> None:
    headers = {meta.SIGNATURE_HEADER: SIGNED}
    assert meta.verify_signature(headers, RAW, secrets=["new", "secret"])
    assert meta.verify_signature(headers, RAW, secrets=["secret", "new"])
    assert not meta.verify_signature(headers, RAW, secrets=["new", "newer"])


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_signed(secrets: list[str]) -> None:
    headers = {meta.SIGNATURE_HEADER: meta.signature("", RAW)}
    assert not meta.verify_signature(headers, RAW, secrets=secrets)


def test_the_bytes_are_signed_and_not_what_they_mean() -> None:
    headers = {meta.SIGNATURE_HEADER: meta.signature("secret", b'{"a":"\\u00e9"}')}
    assert meta.verify_signature(headers, b'{"a":"\\u00e9"}', secrets=["secret"])
    assert not meta.verify_signature(headers, '{"a":"é"}'.encode(), secrets=["secret"])


@pytest.mark.slow
@given(header=st.text(st.characters()), raw=st.binary(max_size=50))
def test_no_header_of_a_stranger_passes_or_raises(header: str, raw: bytes) -> None:
    assert not meta.verify_signature({meta.SIGNATURE_HEADER: header}, raw, secrets=["secret"])


SUBSCRIBE = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "vt-1"}


def test_a_subscription_gets_its_challenge_back() -> None:
    assert meta.subscription_challenge(SUBSCRIBE, "vt-1") == "1158201444"


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"hub.mode": "unsubscribe"}, "vt-1"),
        ({"hub.verify_token": "vt-2"}, "vt-1"),
        ({"hub.verify_token": "vt-é"}, "vt-1"),
        ({"hub.verify_token": ""}, ""),
    ],
)
def test_any_other_subscription_is_refused(change: dict[str, str], token: str) -> None:
    assert meta.subscription_challenge(SUBSCRIBE | change, token) is None


@pytest.mark.parametrize("missing", list(SUBSCRIBE))
def test_a_subscription_that_lacks_a_part_is_refused(missing: str) -> None:
    query = {name: value for name, value in SUBSCRIBE.items() if name != missing}
    assert meta.subscription_challenge(query, "vt-1") is None
