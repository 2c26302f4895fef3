"""The WhatsApp Cloud API's contract for sending: what goes out, and what each answer means."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.responder.domain.delivery import Accepted, Answer, Lost, Rejected, TryAgain
from services.responder.domain.whatsapp import read_answer, request_body
from shared.events.base import Address
from shared.words import Refusal
from tests.support.builders_core import MODERATE, PHONE, ROUTE, job

RECORDED = Path(__file__).parents[2] / "contract" / "webhooks" / "whatsapp" / "api"
HOUR = timedelta(hours=1)
MEANT: dict[str, Answer] = {
    "send_ok": Accepted("wamid.OUT3=="),
    "send_ok_bsuid": Accepted("wamid.OUT4=="),
    "send_err_130429_throughput": TryAgain("throughput", "account", timedelta(seconds=5)),
    "send_err_131047_window": Rejected(Refusal.WINDOW_CLOSED, "131047"),
    "send_err_131056_pair_rate": TryAgain("pair rate", "client"),
    "send_err_190_token": Rejected(Refusal.PROVIDER_BLOCKED, "190", HOUR),
    "send_err_503_html": TryAgain("HTTP 503 without a code", "job"),
}


@pytest.mark.parametrize("path", sorted(RECORDED.glob("send_*.json")), ids=lambda path: path.stem)
def test_a_recorded_answer_means_what_the_provider_documents(path: Path) -> None:
    recorded = json.loads(path.read_bytes())
    body = recorded["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    assert read_answer(recorded["status"], raw) == MEANT[path.stem]


def test_every_recorded_answer_is_known_here() -> None:
    assert {path.stem for path in RECORDED.glob("send_*.json")} == MEANT.keys()


def error(code: int) -> bytes:
    return json.dumps({"error": {"code": code, "message": "x"}}).encode()


@pytest.mark.parametrize(
    ("code", "status", "answer"),
    [
        (131000, 500, TryAgain("code 131000", "job")),
        (2, 400, TryAgain("code 2", "job")),
        (133004, 503, TryAgain("code 133004", "job")),
        (4, 400, TryAgain("throughput", "account", timedelta(seconds=5))),
        (80007, 429, TryAgain("throughput", "account", timedelta(seconds=5))),
        (131057, 400, TryAgain("maintenance", "account", timedelta(minutes=2))),
        (131048, 400, Rejected(Refusal.PROVIDER_BLOCKED, "131048", HOUR)),
        (368, 403, Rejected(Refusal.PROVIDER_BLOCKED, "368", HOUR)),
        (200, 403, Rejected(Refusal.PROVIDER_BLOCKED, "200", HOUR)),
        (299, 403, Rejected(Refusal.PROVIDER_BLOCKED, "299", HOUR)),
        (131026, 400, Rejected(Refusal.SEND_FAILED, "131026")),
        (131050, 400, Rejected(Refusal.SEND_FAILED, "131050")),
        (100, 400, Rejected(Refusal.SEND_FAILED, "100")),
        (99999, 500, TryAgain("code 99999", "job")),
        (99999, 400, Rejected(Refusal.SEND_FAILED, "99999")),
    ],
)
def test_an_answer_is_decided_on_its_code(code: int, status: int, answer: Answer) -> None:
    assert read_answer(status, error(code)) == answer


@pytest.mark.parametrize(
    ("status", "raw", "answer"),
    [
        (429, b"slow down", TryAgain("HTTP 429", "account", timedelta(seconds=5))),
        (500, b"", TryAgain("HTTP 500 without a code", "job")),
        (404, b"<html>", Rejected(Refusal.SEND_FAILED, "http_404")),
        (302, b"", Rejected(Refusal.SEND_FAILED, "http_302")),
        (400, b'{"error": {"code": "131047"}}', Rejected(Refusal.SEND_FAILED, "http_400")),
        (400, b'{"error": "no"}', Rejected(Refusal.SEND_FAILED, "http_400")),
    ],
)
def test_an_answer_without_a_code_is_decided_on_its_status(status: int, raw: bytes, answer: Answer) -> None:
    assert read_answer(status, raw) == answer


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b'{"messages": []}', b'{"messages": [{}]}', b'{"messages": [{"id": ""}]}']
)
def test_a_success_without_an_id_was_taken_and_is_not_sent_again(raw: bytes) -> None:
    assert isinstance(read_answer(200, raw), Lost)


def test_a_success_that_holds_an_error_is_the_error() -> None:
    assert read_answer(200, error(131047)) == Rejected(Refusal.WINDOW_CLOSED, "131047")


@MODERATE
@given(status=st.integers(100, 599), raw=st.binary(max_size=50) | st.builds(error, st.integers(0, 200_000)))
def test_every_answer_means_something_and_only_2xx_may_be_an_acceptance(status: int, raw: bytes) -> None:
    answer = read_answer(status, raw)
    assert isinstance(answer, Accepted | TryAgain | Rejected | Lost)
    if not 200 <= status < 300:
        assert not isinstance(answer, Accepted | Lost)


def sent_to(**address: Any) -> dict[str, Any]:
    return request_body(job(route=ROUTE.model_copy(update={"address": Address(**address)})))


def test_the_request_is_a_text_without_preview_that_carries_our_id() -> None:
    assert request_body(job("r7", text="Hola")) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE,
        "type": "text",
        "text": {"body": "Hola", "preview_url": False},
        "biz_opaque_callback_data": "r7",
    }


def test_who_withholds_the_number_is_written_to_by_id() -> None:
    body = sent_to(user_id="BR.1")
    assert (body["recipient"], "to" in body) == ("BR.1", False)
    both = sent_to(phone=PHONE, user_id="BR.1")
    assert (both["to"], "recipient" in both) == (PHONE, False)
