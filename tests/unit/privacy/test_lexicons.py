"""The lexicons are folded, complete and found by their tokens."""

import re

import pytest

from shared.privacy.text.cues import Family, cues
from shared.privacy.text.folding import fold
from shared.privacy.text.phrasebook import Phrasebook, entries, lines

FILES = ["cues.txt", "figurative.txt", "health.txt", "streets.txt"]
WORD_FILES = [
    "animals.txt", "banking.txt", "body.txt", "children.txt", "common.txt", "dated.txt", "hurts.txt",
    "months.txt", "not_health.txt", "not_passwords.txt", "of_passwords.txt", "persons.txt", "results.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_phrase_is_folded_words(name: str) -> None:
    strange = [phrase for phrase, _ in entries(name) if not re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", phrase)]
    assert strange == []


@pytest.mark.parametrize("name", WORD_FILES)
def test_every_word_is_folded(name: str) -> None:
    text = "\n".join(lines(name))
    assert fold(text).text == text


def test_every_family_has_a_cue() -> None:
    assert {cue.family for cue in cues().meanings} == set(Family)


def test_the_longest_phrase_wins() -> None:
    book = Phrasebook([("conta", "short"), ("conta corrente", "long"), ("conta corrente pj", "longest")])
    assert book.at(["conta", "corrente", "nova"], 0) == (2, "long")
    assert book.at(["conta", "corrente", "pj"], 0) == (3, "longest")
    assert book.at(["conta"], 0) == (1, "short")
    assert book.at(["contas"], 0) is None


def test_a_text_without_a_telling_word_holds_no_phrase() -> None:
    book = Phrasebook([("dor de cabeca", "pain"), ("febre", "fever")])
    assert book.telling_words("pain") == {"cabeca"}
    assert book.telling_words() == {"cabeca", "febre"}
