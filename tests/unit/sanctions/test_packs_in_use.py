"""The packs that companies run on: who is aggressive is never let off, and the limit has a way back."""

from pathlib import Path

import pytest

from services.sanctions.domain.commands import settle_command
from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Standing, fold
from services.sanctions.terms import terms_of
from shared.events.decisions import InfractionEffect
from shared.policy import CompiledPack, Subject, evaluate, load_pack
from shared.policy.packs import pack_files
from shared.tags import Channel, Flag
from shared.words import CommandName, Fact
from tests.support.builders_core import CLIENT, TENANT, command, decided, later
from tests.unit.policy.small_pack import subject

PACKS = [load_pack(path) for path in pack_files(Path(__file__).parents[3] / "deploy" / "policies")]
CHANNELS = [Channel.WHATSAPP, Channel.EMAIL, Channel.PHONE]


def aggressive(channel: Channel) -> Subject:
    return subject(Flag.AGGRESSIVE, channel=channel, confidence={Flag.AGGRESSIVE: 1.0})


def infractions(pack: CompiledPack, channel: Channel) -> list[InfractionEffect]:
    effects = evaluate(pack, aggressive(channel)).effects
    return [effect for effect in effects if isinstance(effect, InfractionEffect)]


@pytest.mark.parametrize("pack", PACKS, ids=[pack.policy for pack in PACKS])
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_first_insult_counts_already(pack: CompiledPack, channel: Channel) -> None:
    for effect in infractions(pack, channel):
        new = Standing(tenant=TENANT, client=CLIENT)
        outcome = settle(decided("m1", later(), effect), new, terms_of(pack))
        assert effect.lenient == 0
        assert outcome.after.points == effect.points > 0


@pytest.mark.parametrize("pack", PACKS, ids=[pack.policy for pack in PACKS])
def test_who_insults_on_and_on_loses_the_channel_and_a_person_gives_it_back(pack: CompiledPack) -> None:
    (effect,) = infractions(pack, Channel.WHATSAPP)
    terms, standing = terms_of(pack), Standing(tenant=TENANT, client=CLIENT)
    for number in range(terms.limit or 0):
        again = effect.model_copy(update={"burst": f"m{number}"})
        outcome = settle(decided(f"m{number}", later(minutes=number), again), standing, terms)
        standing = fold(standing, outcome)
    assert standing.restriction(Channel.WHATSAPP) is not None
    assert len(standing.calls) == 1
    restored = settle_command(command(CommandName.RESTORE, later(days=1)), standing, terms)
    assert [fact.fact for fact in restored.facts] == [Fact.CHANNEL_RESTORED]
    assert fold(standing, restored).points_at(later(days=1)) == 0
