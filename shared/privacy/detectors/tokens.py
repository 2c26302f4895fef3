"""Tokens and keys of programs: by the prefix their issuer gives them, or by the word beside them."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.reading import Reading

# Prefixes from the issuers' documentation: Stripe, GitHub, GitLab, Slack, AWS, Google, OpenAI,
# SendGrid, npm, PyPI, Shopify, DigitalOcean, Hugging Face, Mercado Pago, Meta, Telegram bots, JWT.
_ISSUED: Final = re.compile(
    r"(?<![a-z0-9])(?:"
    r"(?:sk|pk|rk|tok|whsec|sess|key|tk|pat|api|secret|itg)_(?:(?:live|test|prod|sandbox)_)?[a-z0-9]{10,}"
    r"|[a-z]{2,12}[-_](?:live|test|prod|sandbox|dev)[-_](?=[a-z]{0,20}[0-9])[a-z0-9]{10,}"
    r"|(?:ghp|gho|ghu|ghs|ghr)_[a-z0-9]{16,}|github_pat_[a-z0-9_]{16,}|glpat-[a-z0-9_-]{16,}"
    r"|xox[abeprs]-[a-z0-9-]{10,}|(?:akia|asia)[a-z0-9]{16}(?![a-z0-9])|aiza[a-z0-9_-]{30,}"
    r"|sk-(?:proj-)?[a-z0-9_-]{20,}|sg\.[a-z0-9_-]{16,}\.[a-z0-9_-]{16,}|npm_[a-z0-9]{30,}"
    r"|pypi-[a-z0-9_-]{30,}|shp(?:at|ca|pa|ss)_[a-f0-9]{20,}|dop_v1_[a-f0-9]{40,}|hf_[a-z0-9]{20,}"
    r"|app_usr-[a-z0-9-]{20,}|eaa[a-z0-9]{40,}|[0-9]{8,10}:aa[a-z0-9_-]{30,}"
    r"|ey[ji][a-z0-9_-]{8,}(?:\.[a-z0-9_-]{6,}){1,4}"
    r"|(?:[0-9]{6}-){7}[0-9]{6}(?![0-9-])"  # BitLocker's recovery key
    r")"
)
_PRIVATE_KEY: Final = re.compile(r"-----begin [a-z ]{0,40}private key-----")
_PRIVATE_KEY_END: Final = re.compile(r"-----end [a-z ]{0,40}private key-----")
_IN_ADDRESS: Final = re.compile(
    r"[?&](?:token|access_token|key|api_key|apikey|secret|password|senha|sig|signature)="
    r"([^\s&\uffff]{6,})"
)
_LONGEST_SEEN: Final = 512  # code points of a value that are looked at; all of it is masked
_VALUE: Final = re.compile(rf"[^\s\uffff]{{1,{_LONGEST_SEEN}}}")
_REST: Final = re.compile(r"[^\s\uffff]*")
_LEAD: Final = re.compile(r"[\s:=\"'`(<>\-]{1,6}")
_TRAILING: Final = ".,;:?!)\"'`]}>"
_WORDS_BETWEEN: Final = 8
_SHORTEST: Final = 8
_SHORTEST_ISSUED: Final = 10  # the first part of the shortest token with a known prefix


def find(reading: Reading) -> Iterator[Found]:
    """Tokens by their issuer's prefix, in an address's query, or after a word that announces one."""
    text = reading.text
    if reading.longest >= _SHORTEST_ISSUED:
        for found in _ISSUED.finditer(text):
            yield Found(SensitiveKind.TOKEN, *found.span())
    if "=" in text:
        for found in _IN_ADDRESS.finditer(text):
            yield Found(SensitiveKind.TOKEN, *found.span(1))
    if "-----begin" in text:
        yield from _private_keys(text)
    if Family.TOKEN in reading.families or Family.CODE in reading.families:
        yield from _announced(reading)


def _private_keys(text: str) -> Iterator[Found]:
    """Blocks of a private key; one that is cut short goes to the end of the text."""
    place = 0
    while begin := _PRIVATE_KEY.search(text, place):
        end = _PRIVATE_KEY_END.search(text, begin.end())
        place = end.end() if end else len(text)
        yield Found(SensitiveKind.TOKEN, begin.start(), place)


def _announced(reading: Reading) -> Iterator[Found]:
    taken = 0
    for index, cue in enumerate(reading.cues):
        if cue is None or reading.starts[index] < taken:
            continue
        if cue.family is Family.TOKEN or (cue.family is Family.CODE and cue.name == "token"):
            place = _following(reading, index)
            if place:
                start, taken = place
                if taken - start >= _LONGEST_SEEN and (rest := _REST.match(reading.text, taken)):
                    taken = rest.end()
                yield Found(SensitiveKind.TOKEN, start, taken)


def _following(reading: Reading, index: int) -> tuple[int, int] | None:
    for at in range(index, min(len(reading.texts), index + _WORDS_BETWEEN)):
        if at > index and reading.stops(at):
            return None
        lead = _LEAD.match(reading.text, reading.ends[at])
        found = _VALUE.match(reading.text, lead.end()) if lead else None
        if lead and found:
            end = lead.end() + len(found.group().rstrip(_TRAILING))
            if _is_random(reading.text[lead.end() : end]):
                return lead.end(), end
    return None


def _is_random(value: str) -> bool:
    """Long enough, and letters with digits: no word and no number of anything else."""
    if len(value) < _SHORTEST or "@" in value or value.startswith(("http", "www.")):
        return False
    digits = sum(map(str.isdigit, value))
    letters = sum(map(str.isalpha, value))
    return digits > 0 and letters > 0 and digits + letters >= len(value) * 0.7
