"""The contract of `BlockNotes`: the latest of the ledger stands, whatever comes late."""

import pytest

from services.responder.blocking import BlockNotes
from services.responder.blocking_store import MemoryBlockNotes, MongoBlockNotes
from services.responder.domain.blocking import BlockNote, BlockState
from tests.contract.stores.backends import Backend, MongoBackend
from tests.support.builders_core import ACCOUNT, CLIENT, NOW, OTHER_CLIENT, TENANT

KEY = (TENANT, CLIENT)


@pytest.fixture
def notes(backend: Backend) -> BlockNotes:
    return MongoBlockNotes(backend.store()) if isinstance(backend, MongoBackend) else MemoryBlockNotes()


def note(state: BlockState, seq: int, error_code: str | None = None) -> BlockNote:
    fields = {"tenant": TENANT, "client": CLIENT, "account": ACCOUNT, "state": state, "seq": seq, "at": NOW}
    return BlockNote.model_validate(fields | {"error_code": error_code})


async def test_nothing_is_known_of_who_was_never_blocked(notes: BlockNotes) -> None:
    await notes.put(note(BlockState.WANTED, 1))
    assert await notes.of((TENANT, OTHER_CLIENT)) is None


async def test_what_is_noted_of_one_request_follows_its_course(notes: BlockNotes) -> None:
    for state in (BlockState.WANTED, BlockState.FAILED):
        await notes.put(known := note(state, 1, "131047"))
        assert await notes.of(KEY) == known


async def test_late_news_of_an_earlier_request_changes_nothing(notes: BlockNotes) -> None:
    await notes.put(lifted := note(BlockState.LIFTED, 2))
    await notes.put(note(BlockState.BLOCKED, 1))
    assert await notes.of(KEY) == lifted
