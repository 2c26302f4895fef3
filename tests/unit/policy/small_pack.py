"""A small pack that is right, to be spoiled or changed one value at a time."""

from functools import cache
from typing import Final

from shared.events.messages import ContentKind
from shared.ids import MessageId
from shared.policy import CompiledPack, PolicyErrors, Problem, Subject, compile_pack
from shared.tags import Channel, Context, Direction, Finding, Flag, Intent

FILE: Final = "small.yaml"

SMALL: Final = """\
tenant: acme
policy: acme
company: Acme
languages: [es, en]
left_open:
  zone: America/Panama
  hours: {hours: {mon-fri: ["08:00-17:00"]}, holidays: PA}
  channels:
    email: {address: help@acme.example, use: {es: todo, en: anything}}
  limit: 3
  expiry_days: 90
  infractions:
    serious: {severity: serious, points: 2}
    light: {severity: light, points: 1, lenient: 1, excused_by: [unclear, overdue]}
  restriction: {clause: K2, channels: [whatsapp], way_back: [call]}
  call: {clause: K2, within_business_hours: 4, assignee: boss}
  windows: {response_minutes: 90}
  throttle_seconds: {redirect: 60}
clauses:
  K1: {es: sea amable, en: be kind}
  K2: {es: se desactiva, en: it is disabled}
  G1: {es: respeto, en: respect}
paragraphs:
  kind: {matter: warning, text: {es: "Sea amable.", en: "Be kind."}}
  mail: {matter: redirect, text: {es: "Escriba a {email}.", en: "Write to {email}."}}
  ask: {matter: guidance, text: {es: "¿Qué necesita?", en: "What do you need?"}}
  standing: {matter: warning, text: {es: "{points} de {limit}", en: "{points} of {limit}"}}
  disabled:
    matter: restriction
    text:
      es: "Fuera: {clause}, {date}, «{excerpt}», {call_due}"
      en: "Out: {clause}, {date}, “{excerpt}”, {call_due}"
  again: {matter: restriction, text: {es: "Sigue fuera.", en: "Still out."}}
  by_us: {matter: restriction, text: {es: "Fuera desde {date}.", en: "Out since {date}."}}
  back: {matter: restriction, text: {es: "De vuelta.", en: "Back."}}
notices: {standing: standing, disabled: disabled, disabled_by_person: by_us,
  disabled_again: again, restored: back}
rules:
  K1.rude:
    clause: K1
    when: {channel: chat, flags_any: aggressive}
    covers: G1
    then: {reply: kind, infraction: serious}
  K1.pushy:
    clause: K1
    when: {channel: chat, flags_any: impatient}
    then: {reply: kind, infraction: light}
  K1.general:
    clause: K1
    when: {channel: chat, intent: general_inquiry}
    then: {redirect: mail, infraction: light}
  K1.hello:
    clause: K1
    when: {channel: chat, intent: greeting}
    then: {reply: ask}
  G1.all:
    clause: G1
    when: {flags_any: aggressive}
    then: {reply: kind, infraction: serious}
unmatched: {route: agents}
"""


def changed(*changes: tuple[str, str]) -> str:
    """Return the small pack with each first text put in place of the second's."""
    source = SMALL
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new, 1)
    return source


@cache
def pack(*changes: tuple[str, str]) -> CompiledPack:
    return compile_pack(changed(*changes), FILE)


def problems(*changes: tuple[str, str]) -> tuple[Problem, ...]:
    """Return what the compiler says of a spoiled pack; nothing where it compiles."""
    try:
        pack(*changes)
    except PolicyErrors as errors:
        return errors.problems
    return ()


def line_of(text: str, source: str = SMALL) -> int:
    return next(number for number, line in enumerate(source.splitlines(), start=1) if text in line)


def subject(
    *tags: Flag | Finding | Context,
    intent: Intent | None = None,
    channel: Channel = Channel.WHATSAPP,
    direction: Direction = Direction.INBOUND,
    kind: ContentKind = ContentKind.TEXT,
    staff: str | None = None,
    burst: str = "message",
    confidence: dict[str, float] | None = None,
) -> Subject:
    return Subject(
        message=MessageId("message"),
        burst=MessageId(burst),
        direction=direction,
        channel=channel,
        kind=kind,
        staff=staff,
        intent=intent,
        flags=frozenset(tag for tag in tags if isinstance(tag, Flag)),
        findings=frozenset(tag for tag in tags if isinstance(tag, Finding)),
        context=frozenset(tag for tag in tags if isinstance(tag, Context)),
        confidence=confidence or {},
    )
