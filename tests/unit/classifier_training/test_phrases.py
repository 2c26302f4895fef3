"""Spelling the lexicons' patterns out: every alternative, with fewer forms of a stem where there are many."""

import itertools

from services.classifier.training.phrases import Speller

STEMS = ["cobr", "vend", "fatur", "despach", "oper"]
WORDS = [f"{stem}{''.join(end)}" for stem in STEMS for end in itertools.product("aeio", "mns", "rst")]
SUBJECTS = [f"quem{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]


def test_a_stem_stands_for_the_words_that_begin_so() -> None:
    (phrases,) = Speller(["cobrar", "cobro", "vender"]).parts(r"nao (cobr\w*)")
    assert phrases == {"nao cobrar", "nao cobro"}


def test_a_pattern_of_many_phrases_keeps_all_its_alternatives() -> None:
    stems = "|".join(rf"{stem}\w*" for stem in STEMS)
    objects = "|".join(f"n{number}x" for number in range(6))
    (phrases,) = Speller(WORDS).parts(f"({'|'.join(SUBJECTS)}) ({stems}) ({objects})")
    for subject, stem in itertools.product(SUBJECTS, STEMS):
        assert any(phrase.startswith(f"{subject} {stem}") for phrase in phrases), (subject, stem)
