"""Ids that another part of the text speaks of, or that are a sentence of their own."""

import re
from typing import Final

from shared.privacy.detectors import countries, ids, registers
from shared.privacy.text.numerals import Number
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_SIN: Final = re.compile(r"\bSIN\b")
_SENTENCE: Final = re.compile(r"(?:[.!?] |\n)$")
_ENDS: Final = re.compile(r" ?(?:[.!?\n]|$)")


def is_cpf_apart(reading: Reading, number: Number) -> bool:
    """Whether a CPF by its check digits is a sentence of its own, past what the last one was about."""
    begins = (
        ids.is_checked(number)
        and _SENTENCE.search(reading.text, max(0, number.start - 2), number.start) is not None
    )
    return begins and _ENDS.match(reading.text, number.end) is not None


def is_sin(reading: Reading, number: Number) -> bool:
    """Whether a text in which SIN stands in capitals holds a number that is one, wherever it stands."""
    return "sin" in reading.words and _SIN.search(reading.raw) is not None and countries.is_canadian(number)


def is_registered(reading: Reading, number: Number) -> bool:
    """Whether check digits say that a number is the licence or the voter's card a text speaks of."""
    if not number.plain or len(number.digits) not in {registers.LICENCE_DIGITS, registers.VOTER_DIGITS}:
        return False
    if registers.is_licence(number.digits):
        return not listed("judging.licence").isdisjoint(reading.words)
    voting = "titulo" in reading.words and not listed("judging.voting").isdisjoint(reading.words)
    return voting and registers.is_voter(number.digits)
