"""The names of users, which stand beside passwords and are none, and passwords after a slash."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.detectors.secrecy import TRAILING, is_strong
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

IS: Final = frozenset(("e", "eh", "es", "is", "era", "s"))
CLAUSE_END: Final = re.compile(r"[,.;!?\n]")
_NEAR: Final = 2  # words: "mi usuario", "account user"
_LOGIN_PAIR: Final = re.compile(
    r"\b(?:root|admin|user|usuario|usuaria|login|username|ftp|wifi|wi-fi|red|rede)\b[ :]{0,3}"
    r"(?:[^\s/]{1,40} )?/ ([^\s\uffff]{6,64})"
)


def after_login(reading: Reading) -> Iterator[Found]:
    """The second of two words with a slash between them beside a login: "root / Zmeu!44"."""
    if Family.HINT not in reading.families or " / " not in reading.text:
        return
    for found in _LOGIN_PAIR.finditer(reading.text):
        start, end = found.span(1)
        end = start + len(found[1].rstrip(TRAILING))
        if end > start and not found[1].isdigit() and is_strong(reading, start, end):
            yield Found(SensitiveKind.PASSWORD, start, end)


def is_apart(reading: Reading, at: int) -> bool:
    """Whether a token is a user's name that is told for itself: "olvidé la clave, mi usuario es"."""
    if reading.texts[at] not in listed("credentials.login"):
        return False
    return any(CLAUSE_END.search(reading.gap(before)) for before in range(max(0, at - _NEAR), at))


def is_login(reading: Reading, at: int) -> bool:
    """Whether a token is whose password it is: "user ana88", "mi usuario es ana88"."""
    at = reading.token_at(reading.chunk(at)[0])
    before = at - 2 if at > 1 and reading.texts[at - 1] in IS else at - 1
    return before >= 0 and reading.texts[before] in listed("credentials.login")
