"""The contract of `Requests`: the first body of a command's id stands. Only the real store keeps them."""

import asyncio

import pytest

from shared.words import CommandName
from tests.contract.stores.backends import MongoBackend
from tests.contract.stores.full import full_command, unfilled
from tests.support.builders_core import command, later

pytestmark = pytest.mark.integration


async def test_a_command_comes_back_as_it_was_accepted(mongo: MongoBackend) -> None:
    asked = full_command()
    assert unfilled(asked) == []
    assert await mongo.requests().first(asked) == asked
    assert await mongo.requests().accepted(asked.event_id) == asked


async def test_a_command_that_nobody_asked_for_is_not_accepted(mongo: MongoBackend) -> None:
    assert await mongo.requests().accepted("unknown") is None


async def test_the_first_body_of_an_id_stands(mongo: MongoBackend) -> None:
    first = command(CommandName.WAIVE, identity="c1", target="i1")
    again = command(CommandName.ERASE, later(9), identity="c1")
    await mongo.requests().first(first)
    assert await mongo.requests().first(again) == first
    assert await mongo.requests().first(first) == first
    assert await mongo.requests().accepted("c1") == first


async def test_bodies_that_race_are_all_answered_with_the_one_that_was_first(mongo: MongoBackend) -> None:
    rivals = [command(CommandName.DISABLE, identity="c1", reason=f"by {number}") for number in range(6)]
    answers = await asyncio.gather(*(mongo.requests().first(one) for one in rivals))
    kept = await mongo.requests().accepted("c1")
    assert kept in rivals
    assert answers == [kept] * len(rivals)
