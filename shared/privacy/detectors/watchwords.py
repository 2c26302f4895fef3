"""Words that were agreed on to be said: a safe word, a verbal password, the word for picking somebody up."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading

# What such a word is called, in the three languages.
_CALLED: Final = re.compile(
    r"\b(?:"
    r"(?:palabra|palavra|frase)[ -]"
    r"(?:clave|chave|secreta|passe|pase|de (?:seguridad|seguranca|paso|control|retiro|emergencia)"
    r"|(?:que )?(?:acordamos|quedamos|usamos|dimos|combinamos|combinada|pactada|acordada))"
    r"|contras?[ -]?senh?a(?= d[oae]l?\b)|(?:clave|contrasena|senha) (?:verbal|hablada|falada|de voz|oral)"
    r"|santo y sena|(?:verbal|spoken|voice|telephone|phone|oral) (?:password|passcode|passphrase|code ?word)"
    r"|safe ?words?|code ?words?|pass ?phrase|watchword|duress word"
    r")\b"
)
TELLING: Final = frozenset(
    (
        "palabra",
        "palavra",
        "contrassenha",
        "contrasenha",
        "contrasena",
        "safeword",
        "codeword",
        "verbal",
        "passphrase",
        "watchword",
    )
)
_PARTS: Final = TELLING | frozenset(
    (
        "frase",
        "contra",
        "hablada",
        "falada",
        "voz",
        "oral",
        "santo",
        "spoken",
        "voice",
        "safe",
        "word",
        "words",
    )
)
_LINK: Final = re.compile(
    r"[^\n.!?;:]{0,48}?(?:: ?"
    r"|\b(?:eh?|es|is|was|era|still|siendo|sendo|sera|seria|fica|ficou|queda|quedo|ahora|agora|now)\b"
    r"(?: (?:still|now|ahora|agora|la|el|a|o|the|sigue siendo|continua sendo))? )[\"'(]?"
)
_VALUE: Final = re.compile(
    r"([a-z]{3,20}(?:[ -][a-z]{3,20}){0,2})[\"')]?\s*(?=$|[.,;!?\n(]|(?:y|e|and|pero|mas|but|por|para|so)\b)"
)
_NOT_ONE: Final = frozenset(
    ("ese", "esa", "isso", "essa", "esse", "that", "this", "correcta", "correta", "wrong", "right")
)
_REACH: Final = 64  # code points from the name to the word


def find(reading: Reading) -> Iterator[Found]:
    """One to three plain words after the name of such a word and a sign or verb."""
    if reading.words.isdisjoint(_PARTS):
        return
    for called in _CALLED.finditer(reading.text):
        link = _LINK.match(reading.text, called.end())
        while link:
            value = _VALUE.match(reading.text, link.end())
            if value and _is_word(value[1]):
                yield Found(SensitiveKind.PASSWORD, *value.span(1))
                break
            further = _LINK.match(reading.text, link.end())
            link = further if further and further.end() - called.end() <= _REACH else None


def _is_word(value: str) -> bool:
    """Whether words are no more of the sentence: "la palabra clave es incorrecta", "is the dog"."""
    said = value.replace("-", " ").split()
    if said[0] in listed("streets.links") or not _NOT_ONE.isdisjoint(said):
        return False
    return words("not_passwords.txt").isdisjoint(said[:1]) and not said[0].endswith(("mente", "ando", "endo"))
