"""One example of every event on the wire, made by the producers' own code from fixed input.

`python -m tests.support.wire_examples` writes them anew into `tests/wire/`: look at the difference
before you keep it, for readers of the topics depend on every field.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.classifier.domain.conversation import Conversation
from services.classifier.domain.decide import decide
from services.ingest.domain import Origin, to_message, to_receipt
from services.ingest.providers.base import Kind, Party, ProviderEvent, Restriction
from services.responder.domain.plan import Known, plan
from services.responder.domain.replies import Reply, changed
from services.sanctions.api import CommandIn, to_event
from services.sanctions.domain.commands import settle_command
from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Standing, fold
from services.sanctions.terms import terms_of
from shared.events.base import Event
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import Evidence, Tags
from shared.events.messages import MessageReceivedV1
from shared.events.outcomes import Refused
from shared.ids import EventId, TenantId
from shared.policy.compile import load_pack
from shared.tags import Channel, Direction, Flag, Intent, Language
from shared.tenants import Account, Tenant
from shared.words import CommandName, Effect, Matter, Refusal, ReplyState

WIRE = Path(__file__).parents[1] / "wire"
PACK = Path(__file__).parents[2] / "deploy" / "policies" / "trackingpremium.yaml"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in Panama
TEXT = "son unos inútiles, mi tarjeta es 4111 1111 1111 1111"
TENANT = Tenant(TenantId("trackingpremium"), client_key=b"wire")
ACCOUNT = Account(
    provider="whatsapp",
    account="800000000000001",
    channel=Channel.WHATSAPP,
    tenant=TENANT.id,
    app_secret="-",
    verify_token="-",
    access_token="-",
)
CLIENT = Party(phone="+50760000001", bsuid="PA.1000000000000001")
ORIGIN = Origin(ACCOUNT, TENANT, AT + timedelta(seconds=1))


def examples() -> dict[str, Event]:
    """Return one event of every type, by its type."""
    found = [*_messages(), *_receipts(), *_judged()]
    return {str(getattr(event, "type")): event for event in found}  # noqa: B009


def _messages() -> Iterator[Event]:
    yield _received()
    for kind in (Kind.EDIT, Kind.DELETE, Kind.REACTION):
        event = ProviderEvent(
            kind=kind,
            direction=Direction.INBOUND,
            id=f"wamid.{kind}",
            timestamp=AT,
            account=ACCOUNT.account,
            discriminator="1",
            sender=CLIENT,
            content_type="text" if kind is Kind.EDIT else None,
            text="perdón, me equivoqué" if kind is Kind.EDIT else None,
            emoji="👍" if kind is Kind.REACTION else None,
            target_id="wamid.1",
        )
        message = to_message(event, ORIGIN)
        assert message is not None
        yield message


def _received() -> MessageReceivedV1:
    event = ProviderEvent(
        kind=Kind.MESSAGE,
        direction=Direction.INBOUND,
        id="wamid.1",
        timestamp=AT,
        account=ACCOUNT.account,
        sender=CLIENT,
        content_type="text",
        text=TEXT,
    )
    message = to_message(event, ORIGIN)
    assert isinstance(message, MessageReceivedV1)
    return message


def _receipts() -> Iterator[Event]:
    for event in (
        ProviderEvent(
            kind=Kind.STATUS, id="wamid.9", timestamp=AT, recipient=CLIENT, status="delivered", opaque="reply"
        ),
        ProviderEvent(kind=Kind.OWN_ECHO, id="wamid.9", timestamp=AT, recipient=CLIENT),
        ProviderEvent(
            kind=Kind.ACCOUNT,
            timestamp=AT,
            event="ACCOUNT_RESTRICTION",
            restrictions=(Restriction("RESTRICTED", AT + timedelta(days=1)),),
        ),
    ):
        receipt = to_receipt(event, ORIGIN)
        assert receipt is not None
        yield receipt


def _judged() -> Iterator[Event]:
    pack = load_pack(PACK)
    message = _received()
    tags = Tags(
        language=Language.ES,
        intent=Intent.OTHER,
        flags=(Flag.AGGRESSIVE, Flag.SENSITIVE_DATA),
        confidence={"other": 0.91, "aggressive": 0.97, "sensitive_data": 1.0},
        evidence=(Evidence(tag="aggressive", start=9, end=17, excerpt="inútiles"),),
    )
    decision = decide(message, Conversation((), (), Language.ES, message.original), tags, pack)
    terms = terms_of(pack)
    standing = Standing(tenant=message.tenant, client=message.client)
    outcome = settle(decision, standing, terms)
    command = _command()
    yield from (decision, outcome, command)
    yield settle_command(command, fold(standing, outcome), terms)
    planned = plan(outcome, Known({}, [], None, None), pack, AT + timedelta(seconds=2))
    assert planned is not None
    yield from _steps(planned.reply)


def _command() -> CommandRequestedV1:
    asked = CommandIn(
        name=CommandName.WAIVE,
        phone=CLIENT.phone,
        by="supervisora",
        reason="hablaba de la aduana",
        target=_received().event_id,
    )
    return to_event(asked, TENANT, EventId("7d0c8f2e-0000-5000-8000-000000000001"), AT + timedelta(hours=1))


def _steps(reply: Reply) -> Iterator[Event]:
    at = AT + timedelta(seconds=3)
    for state in ReplyState:
        refused: tuple[Refused, ...] = ()
        if state in {ReplyState.FAILED, ReplyState.SUPPRESSED, ReplyState.UNKNOWN}:
            refused = (Refused(effect=Effect.REPLY, reason=Refusal.SEND_FAILED, matter=Matter.WARNING),)
        code = "131026" if state is ReplyState.FAILED else None
        reached = reply.reached(state, at, provider_id="wamid.9", error_code=code, refused=refused)
        event = changed(reached, state)
        assert event is not None
        yield event


def main() -> None:
    """Write every example."""
    WIRE.mkdir(exist_ok=True)
    for name, event in examples().items():
        (WIRE / f"{name}.json").write_text(event.model_dump_json(indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
