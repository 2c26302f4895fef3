"""Training the masker's learned detector: texts as it meets them, and a model that learns from them."""

import numpy as np
import pytest

from services.classifier.training import detector
from services.classifier.training.corpus import MESSAGES
from shared.privacy import SensitiveKind, Span
from shared.privacy.learned.candidates import candidates_of
from shared.privacy.learned.features import Features
from shared.privacy.learned.network import network_of
from shared.privacy.marked import DEVELOPED_ON, Sample, read

NAMES = ("ana", "beto", "carla", "davi", "elisa", "fabio", "gil", "helena", "ivo", "julia")


def sample(text: str, *spans: tuple[SensitiveKind, str]) -> Sample:
    places = tuple(Span(kind, text.index(value), text.index(value) + len(value)) for kind, value in spans)
    return Sample(text, "pt", places)


def test_a_text_is_met_without_what_the_rules_find_and_the_rest_keeps_its_place() -> None:
    text = "cpf 113.586.606-62, entro com ana / Pepe2019"
    marked = sample(text, (SensitiveKind.NATIONAL_ID, "113.586.606-62"), (SensitiveKind.PASSWORD, "Pepe2019"))
    masked, left = detector.without(marked, [marked.spans[0]])
    assert masked == "cpf ⟦national_id⟧, entro com ana / Pepe2019"
    assert [(span.kind, masked[span.start : span.end]) for span in left] == [
        (SensitiveKind.PASSWORD, "Pepe2019")
    ]


def test_a_value_that_is_masked_in_part_is_left_out() -> None:
    marked = sample("senha Pepe2019", (SensitiveKind.PASSWORD, "Pepe2019"))
    _, left = detector.without(marked, [Span(SensitiveKind.TOKEN, 6, 10)])
    assert left == []


@pytest.fixture(scope="module")
def rows() -> detector.Rows:
    secret = [
        sample(f"entro com {name} / {name}88x", (SensitiveKind.PASSWORD, f"{name}88x")) for name in NAMES
    ]
    public = [sample(f"o pedido de {name} tem o lote {name}88x") for name in NAMES]
    return detector.rows([*secret, *public])


def test_the_same_unit_is_a_value_by_what_stands_around_it(rows: detector.Rows) -> None:
    network = network_of(detector.fitted(rows))

    def score(text: str) -> float:
        read = candidates_of(text)
        (at,) = read.values
        return float(network.scores([Features(read).of(at)])[0][network.kinds.index(SensitiveKind.PASSWORD)])

    assert score("entro com mara / mara77x") > 0 > score("o pedido de mara tem o lote mara77x")


def test_the_same_rows_give_the_same_file(rows: detector.Rows) -> None:
    once, again = detector.fitted(rows), detector.fitted(rows)
    assert all(np.array_equal(once[name], again[name]) for name in once)


def test_nothing_of_the_held_out_scenarios_is_learned() -> None:
    learned = set(detector.samples())
    files = sorted((*MESSAGES.glob("*.txt"), *MESSAGES.glob("emails*.ndjson")))
    marked = list(read(path for path in files if DEVELOPED_ON not in path.name))
    held_out = {one for one in marked if one.is_held_out}
    assert {one.language for one in held_out} == {"pt", "es", "en"}
    assert not held_out & learned
    assert {one for one in marked if not one.is_held_out} <= learned
