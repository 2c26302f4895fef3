"""What a manager reads: on a terminal, in a file, on a narrow one, on one that knows ASCII only."""

import io
from datetime import timedelta

import pytest

from deploy.local.demo.failure import Difference
from deploy.local.demo.show import Screen, console_on
from deploy.local.demo.told import Told
from shared.events.decisions import Evidence
from shared.events.outcomes import Refused
from shared.tags import Context, Flag, Intent
from shared.words import Effect, Refusal, ReplyState
from tests.component.demo import steps

NOTICE = (
    "Le informamos que la atención por WhatsApp queda desactivada para usted, al haberse alcanzado el "
    "límite de 3 puntos.\nMotivo: P5."
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def screen(monkeypatch: pytest.MonkeyPatch, columns: int, stream: io.StringIO) -> Screen:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    return Screen(console_on(stream), steps.pack())


def second_insult() -> Told:
    insult = Evidence(tag=Flag.AGGRESSIVE, start=9, end=17, excerpt="ladrones")
    return steps.told(
        "son unos ladrones y unos ineptos",
        decided=steps.decision(flags=(Flag.AGGRESSIVE,), evidence=(insult,)),
        settled=steps.outcome(
            before=steps.standing(2),
            after=steps.standing(4, disabled=True),
            clauses=("P5",),
            facts=steps.disabling(),
        ),
        reply=NOTICE,
    )


def test_a_block_says_who_wrote_what_and_what_came_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    screen(monkeypatch, 80, stream).step(second_insult())
    assert stream.getvalue() == (
        "\n"
        "10:05  Julián Ríos\n"
        "       “son unos ladrones y unos ineptos”\n"
        "       tags      Spanish, other, aggressive (“ladrones”)\n"
        "       standing  2 → 4 of 3 points\n"
        "                 WhatsApp is disabled for this client\n"
        "                 a phone call by executives is due by Tuesday 3 March, 14:05\n"
        "       reply     Le informamos que la atención por WhatsApp queda desactivada\n"
        "                 para usted, al haberse alcanzado el límite de 3 puntos.\n"
        "                 Motivo: P5.\n"
        "       why       P5: keep a professional and respectful tone, without aggressive\n"
        "                 or impatient language\n"
        "                 P7: when the rules are broken, the WhatsApp channel is disabled\n"
        "                 for the client\n"
        "                 P8: the matter is settled in a phone call with one of our\n"
        "                 executives\n"
    )


@pytest.mark.parametrize("columns", [40, 80, 100, 300])
def test_no_line_is_wider_than_the_terminal_nor_hard_to_read(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    stream = io.StringIO()
    shown = screen(monkeypatch, columns, stream)
    shown.title("One day")
    shown.step(second_insult())
    lines = stream.getvalue().splitlines()
    assert max(len(line) for line in lines) <= min(columns, 110)
    assert not [line for line in lines if line != line.rstrip()]


def test_a_file_gets_no_control_codes_and_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    file, terminal = io.StringIO(), Terminal()
    for stream in (file, terminal):
        shown = screen(monkeypatch, 80, stream)
        shown.step(second_insult())
        shown.table(("clause", "points"), [("P5", 4)])
    assert "\x1b" not in file.getvalue()
    assert "\x1b[" in terminal.getvalue()


def test_a_stream_without_these_letters_does_not_end_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", errors="replace")
    monkeypatch.setenv("COLUMNS", "80")
    Screen(console_on(stream), steps.pack()).step(second_insult())
    stream.flush()
    assert b"Juli?n R?os" in raw.getvalue()


def test_the_same_words_are_said_in_full_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    shown = screen(monkeypatch, 80, stream)
    shown.step(second_insult())
    again = second_insult()
    again.at = steps.AT + timedelta(hours=1)
    shown.step(again)
    assert stream.getvalue().count("Motivo: P5.") == 1
    assert "(the same words as at 10:05)" in " ".join(stream.getvalue().split())


def test_a_clause_is_said_in_full_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    shown = screen(monkeypatch, 80, stream)
    for _ in range(2):
        shown.step(steps.told("¿ya llegó?", settled=steps.outcome(clauses=("P1",))))
    assert stream.getvalue().count("WhatsApp is for specific details") == 2
    assert stream.getvalue().count("follow-ups and confirmations") == 1


def test_a_reply_that_waits_is_told_of_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    shown = screen(monkeypatch, 80, stream)
    greeting = steps.told(
        "Hola",
        decided=steps.decision(intent=Intent.GREETING),
        settled=steps.outcome(clauses=("P4",)),
        reply="¡Hola! ¿En qué le ayudamos?",
        state=ReplyState.REQUESTED,
    )
    shown.step(greeting)
    assert "waits until 10:05:20, in case the client goes on" in stream.getvalue()
    assert "¿En qué le ayudamos?" not in stream.getvalue()
    greeting.seen.replies["r"].state = ReplyState.READ
    shown.later(greeting)
    assert "10:05:20  Etiqueta to Julián Ríos, after 20 s without another message" in stream.getvalue()
    assert "¿En qué le ayudamos?" in stream.getvalue()


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal.THROTTLED, "none, because the same was said a short while ago"),
        (Refusal.SUPERSEDED, "none, because the client went on writing before it was due"),
        (Refusal.WINDOW_CLOSED, "none, because window closed"),
    ],
)
def test_silence_says_why(monkeypatch: pytest.MonkeyPatch, refusal: Refusal, words: str) -> None:
    stream = io.StringIO()
    refused = (Refused(effect=Effect.REPLY, reason=refusal),)
    silent = steps.told("¿ya llegó?", settled=steps.outcome(), state=ReplyState.SUPPRESSED, refused=refused)
    screen(monkeypatch, 80, stream).step(silent)
    assert words in stream.getvalue()


def test_a_client_without_the_channel_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    without = steps.standing(4, disabled=True)
    settled = steps.outcome(before=without, after=without, clauses=("P1",))
    screen(monkeypatch, 80, stream).step(steps.told("¿ya llegó?", settled=settled))
    assert "WhatsApp stays disabled for this client" in stream.getvalue()
    assert "P7: when the rules are broken" in stream.getvalue()


def test_context_is_said_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    decided = steps.decision(intent=Intent.POINT_QUERY, context=(Context.OUT_OF_HOURS,))
    screen(monkeypatch, 80, stream).step(steps.told("¿ya llegó?", decided=decided))
    assert "Spanish, point query, out of hours" in stream.getvalue()


def test_what_was_not_as_expected_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    difference = Difference("day.yaml:7", "step 2, 08:10, Ana", "standing", "1", "0")
    screen(monkeypatch, 80, stream).differs(difference)
    assert "NOT AS EXPECTED  day.yaml:7: step 2, 08:10, Ana: standing" in stream.getvalue()
    assert "expected  1" in stream.getvalue()
    assert "actual    0" in stream.getvalue()


def test_numbers_of_a_table_stand_on_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    screen(monkeypatch, 80, stream).table(("clause", "points"), [("P3", 6), ("P5", 14)], indent=2)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "  clause   points"
    assert lines[2:] == ["  P3            6", "  P5           14"]


def test_a_table_stays_within_the_terminal_with_its_indent(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    screen(monkeypatch, 40, stream).table(("", ""), [("a-file.yaml", "words " * 20)], indent=2)
    lines = stream.getvalue().splitlines()
    assert len(lines) > 3
    assert max(len(line) for line in lines) <= 40
    assert all(line.startswith("  ") for line in lines)
