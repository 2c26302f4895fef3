"""Who a WhatsApp item speaks of: phone numbers, business-scoped ids and the contacts that join them.

Since 2026 either may be withheld: `from`, `wa_id`, `to` are then absent (2026 form) or empty
(2025 draft). Source: Meta "Business-scoped user IDs".
"""

import re
from collections.abc import Mapping
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
    """The `contacts` of a whole value: not parallel to its messages, so found by id."""

    by_user_id: Mapping[str, Party]
    by_line: Mapping[str, Party]

    @classmethod
    def of(cls, value: Json) -> "Contacts":
        """Read them; of two with the same id the first counts."""
        people = [contact(item) for item in mappings(value.get("contacts"))][::-1]
        return cls(
            by_user_id={person.bsuid: person for person in people if person.bsuid},
            by_line={same_line(person.phone): person for person in people if person.phone},
        )

    def complete(self, named: Party) -> Party:
        """Return `named` with what its contact adds.

        The user id decides; a contact found by phone that carries another user id is somebody
        else's, and adds nothing.
        """
        found = self.by_user_id.get(named.bsuid or "") or self._of_line(named)
        if found is None:
            return named
        return Party(
            phone=named.phone or found.phone,
            bsuid=named.bsuid or found.bsuid,
            parent_bsuid=named.parent_bsuid or found.parent_bsuid,
            username=named.username or found.username,
        )

    def _of_line(self, named: Party) -> Party | None:
        if named.phone is None:
            return None
        found = self.by_line.get(same_line(named.phone))
        if found is None or (named.bsuid and found.bsuid and named.bsuid != found.bsuid):
            return None
        return found
