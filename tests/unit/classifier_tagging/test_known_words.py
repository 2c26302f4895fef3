"""Which languages know the words of a text, which tells the language of short ones."""

import numpy as np
import pytest

from services.classifier.tagging.linear import load_model
from services.classifier.tagging.spelling import Dictionary
from shared.tags import Language


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load_model().dictionary


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("falta água no Benedito Bentes", Language.PT_BR),
        ("vários usuários não entram", Language.PT_BR),
        ("excavadora volcada en la carretera", Language.ES),
        ("somebody misplaced our paperwork, again", Language.EN),
    ],
)
def test_its_own_language_knows_most_of_a_text(dictionary: Dictionary, text: str, language: Language) -> None:
    (counts,) = dictionary.telling([text])
    own = list(Language).index(language)
    assert counts[own] > np.delete(counts, own).max()


@pytest.mark.parametrize("text", ["", "88 120-4", "⟦home_address⟧", "\ud800 \ud800", "né tá ok"])
def test_what_has_no_word_of_four_letters_tells_nothing(dictionary: Dictionary, text: str) -> None:
    assert not dictionary.telling([text]).any()


def test_a_text_tells_the_same_among_others(dictionary: Dictionary) -> None:
    texts = ["falta água aqui", "", "se volcó la excavadora", "x" * 500, "água"]
    alone = np.vstack([dictionary.telling([text]) for text in texts])
    assert np.array_equal(dictionary.telling(texts), alone)
    assert dictionary.telling([]).shape == (0, len(Language))
