"""`etiqueta topics`: which topics there are, and creating the ones that are missing."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from shared.kafka.topics import provision, topics

app = typer.Typer(no_args_is_help=True, help="See and create the topics.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")]


@app.command("list", epilog="Example: etiqueta topics list")
def list_topics(as_json: AsJson = False) -> None:
    """List the topics as they are declared: name, partitions, days kept, event types."""
    declared = list(topics().values())
    if as_json:
        print(json.dumps({"topics": [asdict(one) for one in declared]}, ensure_ascii=False))
        return
    width = max(len(one.name) for one in declared)
    for one in declared:
        facts = f"{one.partitions} partitions, {one.keeps_days} days"
        print(f"{one.name:<{width}}  {facts}  {' '.join(one.events)}".rstrip())


@app.command("provision", epilog="Example: etiqueta topics provision --replication 3")
def provision_topics(
    kafka: Annotated[
        str, typer.Option("--kafka", envvar="KAFKA_BOOTSTRAP_SERVERS", help="Kafka's bootstrap servers.")
    ],
    replication: Annotated[
        int, typer.Option(min=1, max=9, envvar="ETIQUETA_TOPIC_REPLICATION", help="Copies of each partition.")
    ] = 1,
    partitions: Annotated[
        int | None,
        typer.Option(
            min=1,
            envvar="ETIQUETA_TOPIC_PARTITIONS",
            help="In place of the declared number: for small stacks only.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create the topics that are missing; those that are there are left as they are."""
    created = asyncio.run(provision(kafka, replication=replication, partitions=partitions))
    if as_json:
        print(json.dumps({"created": list(created)}))
    else:
        print("\n".join([*created, f"{len(created)} created, {len(topics()) - len(created)} were there."]))
