"""The broker's properties, in a process and in a container."""

import pytest

from shared.localstack.broker import SINGLE_NODE, broker_properties
from shared.localstack.containers import kafka_environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("process.roles", "broker,controller"),
        ("offsets.topic.replication.factor", "1"),
        ("transaction.state.log.replication.factor", "1"),
        ("transaction.state.log.min.isr", "1"),
        ("group.initial.rebalance.delay.ms", "0"),
        ("group.coordinator.append.linger.ms", "0"),
        ("broker.session.timeout.ms", "1000"),
        ("log.cleaner.dedupe.buffer.size", "8388608"),
        ("auto.create.topics.enable", "false"),
    ],
)
def test_a_single_node_has_the_property(name: str, value: str) -> None:
    assert broker_properties(20001, 20002)[name] == value
    assert kafka_environment(20001)[f"KAFKA_{name.upper().replace('.', '_')}"] == value


def test_the_heartbeat_is_well_within_the_session() -> None:
    heartbeat, session = (
        SINGLE_NODE[f"broker.{name}.ms"] for name in ("heartbeat.interval", "session.timeout")
    )
    assert int(heartbeat) * 4 <= int(session)


def test_a_process_listens_on_the_loopback_alone_and_on_the_ports_it_was_given() -> None:
    properties = broker_properties(20001, 20002)
    assert properties["listeners"] == "CLIENT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002"
    assert properties["advertised.listeners"] == "CLIENT://127.0.0.1:20001"
    assert properties["controller.quorum.voters"] == "1@127.0.0.1:20002"


def test_a_container_advertises_the_port_of_this_machine() -> None:
    assert kafka_environment(20001)["KAFKA_ADVERTISED_LISTENERS"] == "CLIENT://127.0.0.1:20001"


def test_the_properties_need_no_escaping() -> None:
    for name, value in broker_properties(20001, 20002).items():
        assert (name + value).isascii()
        assert "\\" not in value
        assert value == value.strip()
