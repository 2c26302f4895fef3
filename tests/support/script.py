"""What clients write in a test: who, when, which words, and what a person would say those words are."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Final

from deploy.local.sandbox.webhooks import Client, Item, Number, Stamp, delivery, text
from shared.tags import Language

NUMBER: Final = Number("800000000000001", "50730000142")
PAUSE: Final = timedelta(seconds=10)


class Tone(StrEnum):
    """How a message is meant; what it costs follows from the policy."""

    PLAIN = "plain"
    RUDE = "rude"
    PUSHY = "pushy"


WORDS: Final = {
    (Tone.PLAIN, Language.ES): "¿Ya llegó a su bodega la guía {number}, por favor?",
    (Tone.PLAIN, Language.PT_BR): "Você pode me dizer se a encomenda {number} já chegou no depósito?",
    (Tone.PLAIN, Language.EN): "Has the parcel {number} arrived at your warehouse, please?",
    (Tone.RUDE, Language.ES): "Ustedes son unos inútiles y unos idiotas, no sé para qué les pago la {number}",
    (
        Tone.RUDE,
        Language.PT_BR,
    ): "Vocês são uns idiotas, uns incompetentes, não sei por que eu pago a {number}",
    (Tone.RUDE, Language.EN): "You are all useless idiots, I do not know why I pay you for the {number}",
    (Tone.PUSHY, Language.ES): "Sigo esperando la respuesta de la guía {number}, ¿hasta cuándo?",
    (Tone.PUSHY, Language.PT_BR): "Estou esperando a resposta da encomenda {number}, até quando isso?",
    (
        Tone.PUSHY,
        Language.EN,
    ): "I am still waiting for the answer about my parcel {number}, how long will it take?",
}
LANGUAGES: Final = tuple(Language)
_phones = count(60_100_000)
_references = count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a client; `reference` is the provider's id of it."""

    phone: str
    reference: str
    at: datetime
    text: str
    tone: Tone = Tone.PLAIN
    language: Language = Language.ES

    def item(self) -> Item:
        return text(Client(self.phone), Stamp(self.reference, self.at), self.text)


def new_phone() -> str:
    """Return the number of a client whom no test has met before."""
    return f"+507{next(_phones)}"


def new_reference() -> str:
    return f"wamid.test{next(_references):08d}"


def conversation(
    tones: Sequence[Tone], start: datetime, *, language: Language = Language.ES, phone: str | None = None
) -> list[Said]:
    """Return one client's messages in these tones, ten seconds apart; times are whole seconds, as Meta's."""
    client, begin = phone or new_phone(), start.replace(microsecond=0)
    return [
        Said(
            client,
            new_reference(),
            begin + place * PAUSE,
            WORDS[tone, language].format(number=88_000 + place),
            tone,
            language,
        )
        for place, tone in enumerate(tones)
    ]


def mixed(clients: int, messages: int, start: datetime, seed: int) -> list[Said]:
    """Return conversations of several clients, merged by time; each has every tone sooner or later."""
    chance = random.Random(seed)
    weights = {Tone.PLAIN: 5, Tone.RUDE: 2, Tone.PUSHY: 3}
    said: list[Said] = []
    for place in range(clients):
        tones = chance.choices(list(weights), list(weights.values()), k=messages)
        said += conversation(tones, start, language=LANGUAGES[place % len(LANGUAGES)])
    return sorted(said, key=lambda one: one.at)


def bodies(said: Sequence[Said], sizes: Sequence[int]) -> Iterator[bytes]:
    """Yield webhook bodies that tell these messages in order, so many in each, the sizes in turn."""
    begin = place = 0
    while begin < len(said):
        size = sizes[place % len(sizes)]
        yield delivery(NUMBER, [one.item() for one in said[begin : begin + size]])
        begin += size
        place += 1
