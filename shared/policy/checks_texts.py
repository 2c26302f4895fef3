"""Texts that could not be said: missing translations, placeholders nobody fills, paragraphs lost."""

from collections.abc import Iterator
from typing import Final

from shared.policy.problems import Problem
from shared.policy.schema import LeftOpen, PackPart, Texts
from shared.policy.templates import (
    EVERY_EVENT_VALUE,
    OF_NOTICES,
    OF_RULES,
    MalformedTemplate,
    longest,
    notice_values,
    pack_values,
    placeholders,
)
from shared.policy.written import Location, Written

_LONGEST_PARAGRAPH: Final = 1400
"""Characters, values included: restriction, warning and one more still fit WhatsApp's 4096."""


def check_texts(pack: PackPart, written: Written, known: set[str]) -> list[Problem]:
    """Return what is wrong with clauses, paragraphs and the uses of them."""
    return [
        *_translations(pack, written),
        *_references(pack, written, known),
        *_placeholders(pack, written),
    ]


def unused_paragraphs(pack: PackPart, written: Written) -> Iterator[Problem]:
    """Give a warning for each paragraph that nothing says."""
    for name in pack.paragraphs.keys() - _uses(pack).keys():
        yield written.problem(
            ("paragraphs", name), f"paragraph `{name}` is never used", "Take it out or use it"
        )


def _translations(pack: PackPart, written: Written) -> Iterator[Problem]:
    groups: list[tuple[Location, Texts]] = [
        *((("clauses", name), texts) for name, texts in pack.clauses.items()),
        *((("paragraphs", name, "text"), part.text) for name, part in pack.paragraphs.items()),
        *(
            (("left_open", "channels", name, "use"), part.use)
            for name, part in pack.left_open.channels.items()
        ),
    ]
    for location, texts in groups:
        for language in pack.languages:
            if not texts.get(language, "").strip():
                what = f"`{location[-2] if location[-1] in {'text', 'use'} else location[-1]}`"
                yield written.problem(location, f"{what} has no translation in {language}", "Write it")
        for language in texts.keys() - set(pack.languages):
            what = f"a text in {language}, which the pack does not speak"
            remedy = f"Add {language} to languages or take the text out"
            yield written.problem((*location, language), what, remedy)


def _uses(pack: PackPart) -> dict[str, list[tuple[Location, str | None]]]:
    """Return where each paragraph is used: the place, and the notice it is used as."""
    uses: dict[str, list[tuple[Location, str | None]]] = {}
    for name, rule in pack.rules.items():
        for effect in ("reply", "redirect"):
            for index, paragraph in enumerate(getattr(rule.then, effect)):
                place = ("rules", name, "then", effect, index)
                uses.setdefault(paragraph, []).append((place, None))
    for notice in OF_NOTICES:
        paragraph = getattr(pack.notices, notice)
        if paragraph is not None:
            uses.setdefault(paragraph, []).append((("notices", notice), notice))
    return uses


def _references(pack: PackPart, written: Written, known: set[str]) -> Iterator[Problem]:
    for paragraph, places in _uses(pack).items():
        if paragraph in known:
            continue
        for place, notice in places:
            yield written.problem(
                place,
                f"unknown paragraph `{paragraph}`",
                "Write it under paragraphs or correct the name",
                rule=None if notice else str(place[1]),
            )


def _placeholders(pack: PackPart, written: Written) -> Iterator[Problem]:
    uses = _uses(pack)
    for name, part in pack.paragraphs.items():
        for language, text in part.text.items():
            place: Location = ("paragraphs", name, "text", language)
            try:
                names = placeholders(text)
            except MalformedTemplate as error:
                remedy = "Write {name}, and {{ or }} for a brace itself"
                yield written.problem(place, f"paragraph `{name}`: {error}", remedy)
                continue
            if longest(text) > _LONGEST_PARAGRAPH:
                what = f"paragraph `{name}` may pass {_LONGEST_PARAGRAPH} characters"
                yield written.problem(place, what, "Shorten it")
            for placeholder in sorted(names):
                yield from _value_of(placeholder, place, pack.left_open, uses.get(name, []), written)


def _value_of(
    placeholder: str,
    place: Location,
    left_open: LeftOpen,
    uses: list[tuple[Location, str | None]],
    written: Written,
) -> Iterator[Problem]:
    own = pack_values(left_open)
    if placeholder not in own | OF_RULES | EVERY_EVENT_VALUE:
        names = ", ".join(sorted(own | OF_RULES | EVERY_EVENT_VALUE))
        yield written.problem(place, f"unknown placeholder {{{placeholder}}}", f"Known: {names}")
        return
    if placeholder in own:
        return
    for use, notice in uses:
        given = OF_RULES if notice is None else notice_values(notice, left_open)
        if placeholder not in given:
            user = f"rule {use[1]}" if notice is None else f"the notice {notice}"
            what = f"placeholder {{{placeholder}}} has no value where {user} says it"
            remedy = f"There it can use: {', '.join(sorted(own | given))}"
            yield written.problem(place, what, remedy)
