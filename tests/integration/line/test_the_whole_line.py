"""What a company with the Trackingpremium policy gets: a webhook in; tags, reply, ledger and call out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from deploy.local.sandbox.webhooks import delivery
from shared.tags import Language
from tests.support.eventually import eventually
from tests.support.processes import ROOT
from tests.support.script import NUMBER, Said, new_phone, new_reference
from tests.support.world import SERVICES, World

# Open at all hours, so that what is answered does not depend on when the tests run; and what a client is
# told of a restriction may be told again after a minute, so that a test need not span half an hour.
pytestmark = pytest.mark.world(
    pack=ROOT / "deploy" / "policies" / "trackingpremium.yaml",
    changed={
        'mon-fri: ["08:00-17:00"]': 'mon-sun: ["00:00-24:00"]',
        'sat: ["09:00-12:00"]': "",
        "holidays: PA": "",
        "restriction: 1800": "restriction: 60",
    },
)

INSULT: Final = {
    Language.ES: "Ustedes son unos inútiles y unos idiotas, qué desastre de empresa",
    Language.PT_BR: "Vocês são uns idiotas, uns incompetentes, que empresa é essa",
    Language.EN: "You are all useless idiots, what a company you are",
}
# Words of the pack's paragraphs that stand in one language only.
RESPECT: Final = {
    Language.ES: "tono respetuoso",
    Language.PT_BR: "tom respeitoso",
    Language.EN: "respectful tone",
}
DISABLED: Final = {
    Language.ES: "queda desactivada",
    Language.PT_BR: "fica desativado",
    Language.EN: "is now disabled",
}
AGAIN: Final = {
    Language.ES: "está desactivada",
    Language.PT_BR: "está desativado",
    Language.EN: "is disabled for you",
}
RESTORED: Final = {
    Language.ES: "vuelve a estar activa",
    Language.PT_BR: "está ativo novamente",
    Language.EN: "is active for you again",
}
QUESTION: Final = "¿Ya llegó a su bodega la guía 88231, por favor?"
CARD, CARD_DIGITS, CPF = "4111 1111 1111 1111", "4111111111111111", "529.982.247-25"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _line(world: World) -> None:
    await world.started(*SERVICES)


class Talk:
    """One client and the line: says something, waits for what comes of it."""

    def __init__(self, world: World, phone: str | None = None) -> None:
        self.world = world
        self.phone = phone or new_phone()
        self._at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=20)

    def written(self, text: str, *, after: timedelta = timedelta(minutes=2)) -> Said:
        self._at += after
        return Said(self.phone, new_reference(), self._at, text)

    async def says(self, text: str, *, after: timedelta = timedelta(minutes=2)) -> Mapping[str, Any]:
        """Post the message as a signed webhook; returns its outcome, as the ledger holds it."""
        one = self.written(text, after=after)
        answer = await self.world.post(delivery(NUMBER, [one.item()]))
        assert answer.status_code == 200
        return await self.outcome(one)

    async def outcome(self, one: Said) -> Mapping[str, Any]:
        def settled() -> Mapping[str, Any]:
            message = self.world.db.messages.find_one({"provider_id": one.reference})
            assert message
            found: Mapping[str, Any] | None = self.world.db.outcomes.find_one({"message": message["_id"]})
            assert found
            return found

        return await eventually(settled)

    async def hears(self, words: str) -> None:
        """Wait until the provider delivers a message with these words to the client."""

        async def heard() -> None:
            bodies = [one.body for one in await self.world.sandbox.accepted(self.phone)]
            assert any(words in body for body in bodies), bodies

        await eventually(heard)

    async def standing(self) -> Mapping[str, Any]:
        answer = await self.world.api("GET", f"/v1/clients/{self.phone}/standing")
        assert answer.status_code == 200
        found: Mapping[str, Any] = answer.json()
        return found

    async def commands(self, name: str, key: str, **details: str) -> Mapping[str, Any]:
        """Post a command and wait until it is settled."""
        body = {"name": name, "phone": self.phone, "by": "supervisor", "reason": "por teléfono", **details}
        answer = await self.world.api("POST", "/v1/commands", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 202, answer.text
        where = answer.headers["location"]

        async def settled() -> Mapping[str, Any]:
            shown: Mapping[str, Any] = (await self.world.api("GET", where)).json()
            assert shown["state"] != "accepted"
            return shown

        return await eventually(settled)


def facts(outcome: Mapping[str, Any]) -> list[str]:
    return [fact["fact"] for fact in outcome["facts"]]


def enabled(standing: Mapping[str, Any]) -> bool:
    return all(channel["enabled"] for channel in standing["standing"]["channels"])


@pytest.mark.parametrize("language", list(Language))
async def test_insults_cost_points_then_the_channel_and_a_call_brings_it_back(
    world: World, language: Language
) -> None:
    talk = Talk(world)

    first = await talk.says(INSULT[language])
    decision = world.db.decisions.find_one({"_id": first["message"]})
    assert "aggressive" in decision["tags"]["flags"]
    assert [entry for entry in decision["tags"]["evidence"] if entry["tag"] == "aggressive"]
    assert decision["tags"]["language"] == language
    assert "P5" in {rule["clause"] for rule in decision["rules"]}
    assert facts(first) == ["infraction_recorded"]
    await talk.hears(RESPECT[language])
    assert (await talk.standing())["standing"] == {"points": 2, "limit": 3, "channels": []}

    second = await talk.says(INSULT[language])
    assert facts(second) == ["infraction_recorded", "channel_disabled", "call_requested"]
    await talk.hears(DISABLED[language])
    standing = await talk.standing()
    assert not enabled(standing)
    assert [call["assignee"] for call in standing["calls"]] == ["executives"]
    call = world.db.calls.find_one({"client": standing["client"], "state": "open"})
    assert call["due_at"] > second["occurred_at"]

    third = await talk.says(INSULT[language])
    assert not any(fact["points"] for fact in third["facts"])
    assert "channel_disabled" in {refused["reason"] for refused in third["refused"]}
    await talk.hears(AGAIN[language])

    done = await talk.commands("complete_call", f"call {talk.phone}", verdict="restore")
    assert done["state"] == "applied"
    await talk.hears(RESTORED[language])
    standing = await talk.standing()
    assert standing["standing"]["points"] == 0
    assert enabled(standing)
    assert world.db.calls.find_one({"_id": call["_id"]})["state"] == "closed"


async def test_a_permitted_question_is_recorded_and_costs_nothing(world: World) -> None:
    outcome = await Talk(world).says(QUESTION)
    decision = world.db.decisions.find_one({"_id": outcome["message"]})
    assert decision["tags"]["intent"] == "point_query"
    assert outcome["facts"] == []
    assert outcome["after"]["points"] == 0


async def test_the_providers_statuses_come_back_to_the_reply(world: World) -> None:
    talk = Talk(world)
    outcome = await talk.says(INSULT[Language.ES])

    def read() -> Mapping[str, Any]:
        reply: Mapping[str, Any] | None = world.db.replies.find_one({"message": outcome["message"]})
        assert reply
        assert reply["state"] == "read"
        return reply

    reply = await eventually(read)
    assert {step["state"] for step in reply["steps"]} == {"requested", "sent", "delivered", "read"}
    (sent,) = await world.sandbox.accepted(talk.phone)
    assert sent.reply == reply["_id"]
    assert sent.body == reply["text"]
    told = [record for record in await world.topic("replies") if reply["_id"].encode() in record.value]
    types = {dict(record.headers)["ce_type"] for record in told}
    assert types == {f"reply.{state}.v1".encode() for state in ("requested", "sent", "delivered", "read")}


@pytest.mark.parametrize("together", [False, True], ids=["in two webhooks", "in one webhook"])
async def test_guidance_is_not_said_to_who_goes_on_writing(world: World, together: bool) -> None:
    talk = Talk(world)
    hello = talk.written("hola", after=timedelta(minutes=20) - timedelta(seconds=8))
    question = talk.written(QUESTION, after=timedelta(seconds=5))
    bodies = [[hello, question]] if together else [[hello], [question]]
    for body in bodies:
        await world.post(delivery(NUMBER, [one.item() for one in body]))
        await talk.outcome(body[-1])

    def superseded() -> None:
        greeted = world.db.messages.find_one({"provider_id": hello.reference})
        reply = world.db.replies.find_one({"message": greeted["_id"]})
        assert reply
        assert reply["state"] == "suppressed"
        assert "superseded" in {refused["reason"] for refused in reply["refused"]}
        assert world.db.outbox.count_documents({"_id": reply["_id"]}) == 0

    await eventually(superseded)
    assert not [one for one in await world.sandbox.accepted(talk.phone) if "¡Hola!" in one.body]


async def test_the_same_command_twice_is_one_command(world: World) -> None:
    talk = Talk(world)
    await talk.says(INSULT[Language.ES])
    key = f"twice {talk.phone}"
    first = await talk.commands("disable", key)
    again = await talk.commands("disable", key, channel="telegram")
    assert (again["id"], again["facts"]) == (first["id"], first["facts"])
    assert world.db.outcomes.count_documents({"_id": first["id"]}) == 1


async def test_a_restriction_that_ends_at_a_set_time_ends_by_itself(world: World) -> None:
    talk = Talk(world)
    await talk.says(QUESTION)
    until = datetime.now(UTC) + timedelta(seconds=1.5)
    done = await talk.commands("disable", f"until {talk.phone}", until=until.isoformat())
    assert [fact["fact"] for fact in done["facts"]] == ["channel_disabled", "call_requested"]

    async def ended() -> None:
        assert enabled(await talk.standing())

    await eventually(ended)
    last = world.db.outcomes.find_one({"client": (await talk.standing())["client"]}, sort=[("seq", -1)])
    assert [(fact["fact"], fact["reason"]) for fact in last["facts"]] == [("channel_restored", "ended")]


async def test_a_card_number_is_nowhere(world: World) -> None:
    talk = Talk(world)
    outcome = await talk.says(f"Hola, mi tarjeta es {CARD} y mi CPF {CPF}, cárguenle la factura 312")
    await world.idle()
    secrets = (CARD, CARD_DIGITS, CPF, CPF.replace(".", "").replace("-", ""))

    message = world.db.messages.find_one({"_id": outcome["message"]})
    assert len(message["masks"]) == 2
    for name in world.db.list_collection_names():
        for document in world.db[name].find():
            assert not [secret for secret in secrets if secret in str(document)], name
    for noun in ("messages", "decisions", "commands", "outcomes", "replies", "receipts"):
        for record in await world.topic(noun):
            whole = b"".join([record.value, record.key, *(value for _, value in record.headers)])
            assert not [secret for secret in secrets if secret.encode() in whole], noun
    for process in world.launcher.started:
        if process.name != "sandbox":
            assert not [secret for secret in secrets if secret in process.text()]
