"""Who a WhatsApp item speaks of: phone numbers, business-scoped ids and the contacts that join them.

Since 2026 either may be withheld: `from`, `wa_id`, `to` are then absent (2026 form) or empty
(2025 draft). Source: Meta "Business-scoped user IDs".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.ingest.providers.base import Party
from services.ingest.providers.reading import Json, identifier, mapping, mappings, phone, term

# A landline of Brazil begins with 2 to 5, so a 9 before such a digit is no ninth digit.
_BRAZIL_MOBILE: Final = re.compile(r"(55[0-9]{2})9([6-9][0-9]{7})")
_MEXICO_MOBILE: Final = re.compile(r"521([0-9]{10})")


def same_line(number: str) -> str:
    """Return a form in which the two ways of writing one line are equal.

    The API adds or drops the ninth digit of Brazil and the 1 of Mexico. For comparing only: the
    number is kept as received.
    """
    digits = number.removeprefix("+")
    if brazil := _BRAZIL_MOBILE.fullmatch(digits):
        return brazil[1] + brazil[2]
    if mexico := _MEXICO_MOBILE.fullmatch(digits):
        return f"52{mexico[1]}"
    return digits


def party(
    item: Json, phone_field: str, user_field: str, parent_field: str, *, username: object = None
) -> Party:
    """Return whom an item names in these fields."""
    handle = term(username)
    return Party(
        phone=phone(item.get(phone_field)),
        bsuid=identifier(item.get(user_field)),
        parent_bsuid=identifier(item.get(parent_field)),
        username=handle.removeprefix("@") or None if handle else None,
    )


def contact(item: Json) -> Party:
    """Return one entry of `contacts`, of `user_preferences` or of a thread's context."""
    username = mapping(item.get("profile")).get("username") or item.get("username")
    return party(item, "wa_id", "user_id", "parent_user_id", username=username)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The `contacts` of a whole value: not parallel to its messages, so joined by id."""

    people: tuple[Party, ...] = ()

    @classmethod
    def of(cls, value: Json) -> "Contacts":
        return cls(tuple(contact(item) for item in mappings(value.get("contacts"))))

    def complete(self, named: Party) -> Party:
        """Return `named` with what its contact adds.

        The user id decides; a contact found by phone that carries another user id is somebody
        else's, and adds nothing.
        """
        found = self._by_user_id(named) or self._by_phone(named)
        if found is None:
            return named
        return Party(
            phone=named.phone or found.phone,
            bsuid=named.bsuid or found.bsuid,
            parent_bsuid=named.parent_bsuid or found.parent_bsuid,
            username=named.username or found.username,
        )

    def _by_user_id(self, named: Party) -> Party | None:
        if named.bsuid is None:
            return None
        return _first(person for person in self.people if person.bsuid == named.bsuid)

    def _by_phone(self, named: Party) -> Party | None:
        if named.phone is None:
            return None
        line = same_line(named.phone)
        found = _first(p for p in self.people if p.phone and same_line(p.phone) == line)
        if found is None or (named.bsuid and found.bsuid and named.bsuid != found.bsuid):
            return None
        return found


def _first(people: Iterable[Party]) -> Party | None:
    return next(iter(people), None)
