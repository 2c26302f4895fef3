"""SIGTERM: the batch in flight is finished and committed, and the process exits with 0."""

from datetime import UTC, datetime, timedelta

from tests.support.checks import check_all
from tests.support.eventually import eventually
from tests.support.script import bodies, mixed
from tests.support.world import SERVICES, World

HANDLED = {
    "messages": ("batch_archived", "batch_decided"),
    "decisions": ("batch_settled",),
    "outcomes": ("batch_answered",),
}


async def test_a_service_told_to_stop_finishes_its_batch_and_nothing_is_done_again(world: World) -> None:
    """Both processes are started as people start them, with `python -m services.cli serve`."""
    said = mixed(clients=6, messages=10, start=datetime.now(UTC) - timedelta(minutes=10), seed=31)
    environment = {"ETIQUETA_BATCH_RECORDS": "5", "RESPONDER_POLL_SECONDS": "0.05"}
    first = await world.started(*SERVICES, environment=environment, spawned=True)
    posted = bodies(said, (4,))
    for _ in range(8):
        await world.post_until_taken(next(posted))
    await eventually(lambda: _one_line(first.process.lines("batch_settled")))
    assert await first.process.terminated() == 0
    assert {line["service"] for line in first.process.lines("stopped")} == set(SERVICES)

    second = await world.started(*SERVICES, environment=environment, spawned=True)
    for body in posted:
        await world.post_until_taken(body)
    await world.idle()
    await check_all(world, said)
    for noun, events in HANDLED.items():
        written = len(await world.topic(noun))
        for event in events:
            lines = [*first.process.lines(event), *second.process.lines(event)]
            counted = "outcomes" if event == "batch_answered" else "records"
            assert sum(line[counted] for line in lines) == written, event
    assert await second.process.terminated() == 0


def _one_line(lines: list[dict[str, object]]) -> None:
    assert lines
