"""The contracts of `Decisions` and `Histories`: the first decision stands, a revision is written once."""

import asyncio

import pytest

from services.classifier.domain.history import Entry, History
from shared.errors import Transient
from shared.events.messages import ContentKind
from shared.ids import MessageId, TenantId
from shared.tags import Direction
from tests.contract.stores.backends import Backend
from tests.contract.stores.full import full_decision, full_history, unfilled
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, TENANT, decided, later

M1, M2 = MessageId("m1"), MessageId("m2")
KEY, OTHER = (TENANT, CLIENT), (TENANT, OTHER_CLIENT)


def history(*messages: str, revision: int = 0, key: tuple[TenantId, str] = KEY) -> History:
    entries = [
        {"message": name, "at": NOW, "direction": Direction.INBOUND, "kind": ContentKind.TEXT}
        for name in messages
    ]
    return History.model_validate(
        {"tenant": key[0], "client": key[1], "revision": revision, "entries": entries}
    )


async def kept(backend: Backend) -> History:
    return (await backend.histories().of([KEY]))[KEY]


async def test_a_decision_comes_back_as_it_was_made(backend: Backend) -> None:
    decision = full_decision()
    assert unfilled(decision) == []
    assert unfilled(decision.tags) == []
    assert unfilled(decision.tags.evidence[0]) == []
    await backend.decisions().add([decision])
    found = await backend.decisions().of([decision.message, MessageId("unknown")])
    assert found == {decision.message: decision}


async def test_no_findings_are_not_an_empty_list_of_them(backend: Backend) -> None:
    chat, mail = decided("m1"), decided("m2")
    mail = mail.model_copy(update={"tags": mail.tags.model_copy(update={"findings": ()})})
    await backend.decisions().add([chat, mail])
    found = await backend.decisions().of([M1, M2])
    assert (found[M1].tags.findings, found[M2].tags.findings) == (None, ())


async def test_the_first_decision_stays_and_the_callers_is_transient(backend: Backend) -> None:
    await backend.decisions().add([first := decided("m1", policy="first")])
    with pytest.raises(Transient):
        await backend.decisions().add([decided("m1", policy="second"), new := decided("m2")])
    assert await backend.decisions().of([M1, M2]) == {M1: first, M2: new}


async def test_one_message_twice_in_one_call_is_transient_too(backend: Backend) -> None:
    with pytest.raises(Transient):
        await backend.decisions().add(
            [first := decided("m1", policy="first"), decided("m1", policy="second")]
        )
    assert await backend.decisions().of([M1]) == {M1: first}


async def test_nothing_to_keep_is_no_error(backend: Backend) -> None:
    await backend.decisions().add([])
    await backend.histories().save([])
    assert await backend.decisions().of([]) == {}
    assert await backend.histories().of([]) == {}


async def test_of_decisions_that_race_one_wins_and_the_others_are_transient(backend: Backend) -> None:
    rivals = [decided("m1", policy=f"by {number}") for number in range(4)]
    came = await asyncio.gather(*(backend.decisions().add([one]) for one in rivals), return_exceptions=True)
    (winner,) = [one for one, error in zip(rivals, came, strict=True) if error is None]
    assert [type(error) for error in came if error is not None] == [Transient] * 3
    assert await backend.decisions().of([M1]) == {M1: winner}


async def test_a_history_comes_back_as_the_next_revision(backend: Backend) -> None:
    written = full_history()
    assert unfilled(written.entries[0]) == []
    await backend.histories().save([written])
    assert await kept(backend) == written.model_copy(update={"revision": 1})


async def test_a_new_clients_history_is_empty(backend: Backend) -> None:
    await backend.histories().save([history("m1")])
    elsewhere = (TenantId("other"), CLIENT)
    found = await backend.histories().of([KEY, OTHER, elsewhere])
    assert {key: (one.revision, len(one.entries)) for key, one in found.items()} == {
        KEY: (1, 1),
        OTHER: (0, 0),
        elsewhere: (0, 0),
    }


async def test_each_revision_replaces_the_one_before(backend: Backend) -> None:
    for revision in range(3):
        await backend.histories().save([history(f"m{revision}", revision=revision)])
    assert await kept(backend) == history("m2", revision=3)


@pytest.mark.parametrize("revision", [0, 1, 3])
async def test_a_history_of_another_revision_is_transient_and_changes_nothing(
    backend: Backend, revision: int
) -> None:
    await backend.histories().save([history("m1")])
    await backend.histories().save([history("m1", "m2", revision=1)])
    with pytest.raises(Transient):
        await backend.histories().save([history("m9", revision=revision)])
    assert await kept(backend) == history("m1", "m2", revision=2)


async def test_a_history_that_was_forgotten_meanwhile_is_transient(backend: Backend) -> None:
    with pytest.raises(Transient):
        await backend.histories().save([history("m1", revision=4)])
    assert await kept(backend) == history()


@pytest.mark.parametrize("lost_first", [True, False])
async def test_a_race_lost_for_one_client_keeps_the_history_of_another(
    backend: Backend, lost_first: bool
) -> None:
    await backend.histories().save([history("m1"), history("m1", key=OTHER)])
    both = [history("m9"), history("m2", revision=1, key=OTHER)]
    with pytest.raises(Transient):
        await backend.histories().save(both if lost_first else both[::-1])
    found = await backend.histories().of([KEY, OTHER])
    assert found == {KEY: history("m1", revision=1), OTHER: history("m2", revision=2, key=OTHER)}


@pytest.mark.parametrize("revision", [0, 1])
async def test_of_histories_that_race_one_wins_and_the_others_are_transient(
    backend: Backend, revision: int
) -> None:
    if revision:
        await backend.histories().save([history("m0")])
    rivals = [history(f"by-{number}", revision=revision) for number in range(4)]
    came = await asyncio.gather(*(backend.histories().save([one]) for one in rivals), return_exceptions=True)
    (winner,) = [one for one, error in zip(rivals, came, strict=True) if error is None]
    assert [type(error) for error in came if error is not None] == [Transient] * 3
    assert await kept(backend) == winner.model_copy(update={"revision": revision + 1})


async def test_texts_that_were_dropped_stay_dropped(backend: Backend) -> None:
    entry = Entry(
        message=M1, at=later(1), direction=Direction.INBOUND, kind=ContentKind.TEXT, text="hola", length=4
    )
    first = history().model_copy(update={"entries": (entry,)})
    await backend.histories().save([first])
    bare = (await kept(backend)).model_copy(update={"entries": (entry.model_copy(update={"text": None}),)})
    await backend.histories().save([bare])
    assert [one.text for one in (await kept(backend)).entries] == [None]
