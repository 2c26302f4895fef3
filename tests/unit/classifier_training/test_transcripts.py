"""Training the model that judges the numbers of a call: what was asked is learned, nothing held out is."""

import numpy as np
import pytest

from services.classifier.training import transcripts
from services.classifier.training.corpus import Call, LabelledTurn, read_calls
from services.classifier.training.detector import Rows
from shared.privacy.marked import DEVELOPED_ON
from shared.privacy.transcripts.detector import dialogue_of, judged
from shared.privacy.transcripts.linear import Model, model_of
from shared.tags import Direction, Language


def call(*said: str) -> Call:
    turns = tuple(
        LabelledTurn(("agent", "client")[at % 2], float(at), at + 0.5, text) for at, text in enumerate(said)
    )
    return Call("shop", "help", Language.PT_BR, Direction.INBOUND, turns, frozenset())


@pytest.fixture(scope="module")
def rows() -> Rows:
    numbers = [f"{at}7 {at}{at} 4{at}" for at in range(1, 10)]
    asked = [call("me diz o documento?", f"{{{{national_id:{one}}}}}") for one in numbers]
    paid = [call("agora lê o cartão?", f"{{{{payment_card:{one}}}}}") for one in numbers]
    others = [call("me diz o assento do ônibus?", one) for one in numbers]
    return transcripts.rows([*asked, *paid, *others])


@pytest.fixture(scope="module")
def model(rows: Rows) -> Model:
    return model_of(transcripts.fitted(rows))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("me diz o documento?", "national_id"),
        ("agora lê o cartão?", "payment_card"),
        ("me diz o assento?", None),
    ],
)
def test_the_same_number_is_what_was_asked_for(model: Model, asked: str, kind: str | None) -> None:
    dialogue = dialogue_of([("agent", asked), ("client", "53 81 96")])
    assert judged(dialogue, model) == {0: kind}


def test_every_stretch_is_learned_from_as_it_is_met_first_and_again(rows: Rows) -> None:
    assert len(rows.units) == 2 * 27
    assert rows.kinds.count(-1) == 2 * 9


def test_the_same_rows_give_the_same_file(rows: Rows) -> None:
    once, again = transcripts.fitted(rows), transcripts.fitted(rows)
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_nothing_of_the_held_out_calls_is_learned() -> None:
    learned = transcripts.calls()
    developed_on = read_calls(names=f"calls{DEVELOPED_ON}*.ndjson")
    held_out = [one for one in read_calls() if one.is_held_out and one not in developed_on]
    assert held_out
    assert not [one for one in held_out if one in learned]
    assert len(learned) + len(held_out) == len(read_calls())
