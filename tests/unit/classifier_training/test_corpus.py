"""What the model is trained on: read strictly, split by scenario, and as its labels say."""

import json
from pathlib import Path

import pytest

from services.classifier.model import __file__ as model_file
from services.classifier.training.alike import share_of_near_duplicates
from services.classifier.training.card import CARD
from services.classifier.training.corpus import INDEPENDENT, Message, masked, plain, read_messages
from shared.tags import Direction, Flag, Intent, Language

BLOCK = "# shop | returns | PA\n"
MODEL = Path(str(model_file)).parent


def written(folder: Path, *lines: str, name: str = "es-client.txt") -> Path:
    (folder / name).write_text(BLOCK + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def message(text: str) -> Message:
    return Message("shop", "returns", Language.ES, Direction.INBOUND, text, Intent.OTHER, frozenset())


def test_a_line_is_a_message_of_its_block(tmp_path: Path) -> None:
    line = "point_query | urgent sensitive_data | mi cédula {{national_id:8-123-4567}}\\n¿llegó?"
    (one,) = read_messages(written(tmp_path, line, line))
    assert (one.trade, one.scenario, one.language) == ("shop", "returns", Language.ES)
    assert one.intent is Intent.POINT_QUERY
    assert one.flags == frozenset({Flag.URGENT, Flag.SENSITIVE_DATA})
    assert one.text == "mi cédula 8-123-4567\n¿llegó?"
    assert one.masked == "mi cédula ⟦national_id⟧\n¿llegó?"
    assert one.direction is Direction.INBOUND


def test_a_line_without_an_intent_is_of_staff(tmp_path: Path) -> None:
    (one,) = read_messages(written(tmp_path, "- | informal | va joya", name="es-staff.txt"))
    assert (one.intent, one.direction) == (None, Direction.OUTBOUND)


@pytest.mark.parametrize(
    "line", ["no bars at all", "point_query | urgent", "no_intent | - | x", "other | no_flag | x"]
)
def test_a_bad_line_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"es-client\.txt:3: ") as caught:
        read_messages(written(tmp_path, "other | - | fine", line))
    assert "fine" not in str(caught.value)


def test_a_mark_is_a_placeholder_or_what_was_typed() -> None:
    marked = "a {{password:x y}} b {{health:asma}}"
    assert (plain(marked), masked(marked)) == ("a x y b asma", "a ⟦password⟧ b ⟦health⟧")


def test_a_scenario_is_held_out_as_a_whole_and_about_a_fifth_are() -> None:
    many = [
        Message("shop", f"scenario {number}", Language.ES, Direction.INBOUND, "x", Intent.OTHER, frozenset())
        for number in range(2_000)
    ]
    assert 0.17 < sum(one.is_held_out for one in many) / len(many) < 0.23
    assert {one.fold for one in many} == set(range(5))
    assert len({message("a").is_held_out, message("b").is_held_out}) == 1


def test_near_duplicates_are_counted_once_and_those_before_not_at_all() -> None:
    first, same, other = (
        message("¿ya llegó la guía 88231?"),
        message("ya llegó la guía 88232"),
        message("hola"),
    )
    assert share_of_near_duplicates([first, other]) == 0
    assert share_of_near_duplicates([first, same]) == 0.5
    assert share_of_near_duplicates([same, other], before=[first, first]) == 0.5


@pytest.mark.slow
def test_who_has_a_mark_has_the_flag_and_nobody_else() -> None:
    independent = [one for folder in INDEPENDENT.values() for one in read_messages(folder)]
    for one in (*read_messages(), *independent):
        assert (Flag.SENSITIVE_DATA in one.flags) is (one.marked != one.text), one.scenario


@pytest.mark.slow
def test_there_are_as_many_messages_as_a_judgement_needs() -> None:
    clients = [one for one in read_messages() if one.intent is not None]
    for language, least in ((Language.PT_BR, 2_000), (Language.ES, 2_000), (Language.EN, 800)):
        mine = [one for one in clients if one.language is language]
        assert len({one.text for one in mine}) >= least
        assert {one.intent for one in mine} == set(Intent)


def test_the_card_tells_the_figures_that_were_measured() -> None:
    figures = json.loads((MODEL / "figures.json").read_text(encoding="utf-8"))
    card = CARD.read_text(encoding="utf-8")
    assert figures["near_duplicates"] < 0.05
    for part in ("held_out", *INDEPENDENT):
        for name, one in figures[part].items():
            assert f"| {name} | {one['messages']} |" in card
    assert (MODEL / "model.npz").stat().st_size < 25_000_000
