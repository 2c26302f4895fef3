import time
from datetime import UTC, datetime, timedelta
from tests.support.world import World
from tests.support.script import mixed
from tests.support.model import expected

async def test_it(world: World) -> None:
    t=time.time()
    member = await world.started("ingest","classifier","sanctions","responder")
    print("ready", time.time()-t); t=time.time()
    said = mixed(6, 10, datetime.now(UTC)-timedelta(minutes=15), seed=1)
    await world.say(said)
    print("said", time.time()-t); t=time.time()
    await world.idle()
    print("idle", time.time()-t); t=time.time()
    print({c: world.db[c].count_documents({}) for c in world.db.list_collection_names()})
    for phone, e in expected(said).items():
        a = (await world.api("GET", f"/v1/clients/{phone}/standing")).json()
        print(phone, e.points, e.disabled, a["standing"])
    print(len(await world.sandbox.accepted()), sum(len(e.answered) for e in expected(said).values()))
    print(await member.process.terminated(), time.time()-t)
