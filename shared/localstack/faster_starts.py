"""The cache of the broker's loaded classes: made once, it takes two thirds off every later start.

Java 25's ahead-of-time cache (JEP 514) is written by a JVM as it ends, from what that run had loaded.
So a broker is started and stopped once for it. A start without the cache is slower and otherwise alike.
"""

import os
from uuid import uuid4

from shared.localstack import processes
from shared.localstack.broker import Broker, aot_cache
from shared.localstack.jars import locked, provide
from shared.localstack.java import AOT_CACHE_SINCE_JAVA, java_major
from shared.localstack.layout import EPHEMERAL_PREFIX, StackFolder
from shared.localstack.process_part import ProcessPart
from shared.localstack.reap import reap
from shared.localstack.settings import StackSettings
from shared.localstack.state import GivenPartState, ProcessPartState, StackState, StateFile
from shared.localstack.watchdog import watched

_WRITING_SECONDS = 300.0
"""It takes 7 s on an idle machine, within the end of the broker's process."""


def prepare(settings: StackSettings) -> bool:
    """Fetch every jar and make the cache; tells whether later starts will be the faster ones.

    Takes some 15 s the first time and nothing later. Raises `StackError` as a start does.
    """
    kafka = locked("kafka", settings.jars_dir)
    provide([kafka, locked("mongodb", settings.jars_dir)])
    if java_major() < AOT_CACHE_SINCE_JAVA:
        return False
    if not aot_cache(kafka).exists():
        _train(settings)
    return aot_cache(kafka).exists()


def _train(settings: StackSettings) -> None:
    folder = StackFolder(settings.local_dir / "stacks" / f"{EPHEMERAL_PREFIX}{os.getpid()}-{uuid4().hex[:8]}")
    folder.create()
    owner = processes.myself()
    states = StateFile(folder.state_file)
    unused = GivenPartState(variable="MONGODB_URI")
    states.save(
        StackState(name=folder.name, reason="training", owner=owner, kafka=ProcessPartState(), mongodb=unused)
    )
    jars = locked("kafka", settings.jars_dir)
    fresh = folder.path / "classes.aot"
    broker = Broker(folder, jars, jvm_options=(f"-XX:AOTCacheOutput={fresh.name}", "-Xlog:disable"))
    part = ProcessPart(
        broker,
        folder,
        states,
        start_seconds=settings.etiqueta_stack_start_seconds,
        grace_seconds=_WRITING_SECONDS,
    )
    with watched(folder, owner):
        try:
            part.start()
            part.stop()
            if fresh.exists():
                for outdated in jars.folder.glob(aot_cache(jars).with_stem("classes-*").name):
                    outdated.unlink()
                fresh.replace(aot_cache(jars))
        finally:
            reap(folder)
