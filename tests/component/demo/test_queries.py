"""The queries as they are shown: the very pipelines that are run."""

import pytest
from ruamel.yaml import YAML

from deploy.local.demo.queries import QUERIES, Query


def read_back(text: str) -> list[object]:
    """Read a mongosh text again: what stands in its parentheses is YAML as well."""
    begin, end = text.index("(") + 1, text.rindex(")")
    stages: list[object] = YAML(typ="safe", pure=True).load(text[begin:end])
    return stages


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.collection)
def test_the_text_says_the_pipeline_that_is_run(query: Query) -> None:
    assert query.mongosh().startswith(f"db.{query.collection}.aggregate([")
    assert read_back(query.mongosh()) == query.pipeline


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.collection)
def test_the_text_fits_a_terminal(query: Query) -> None:
    assert max(len(line) for line in query.mongosh().splitlines()) <= 80


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.collection)
def test_every_query_names_its_tenant_first(query: Query) -> None:
    assert query.pipeline[0]["$match"]["tenant"] == "trackingpremium"


def test_long_stages_are_broken_where_they_can_be() -> None:
    names = [f"a-rather-long-name-{number}" for number in range(8)]
    query = Query("q", "messages", [{"$match": {"name": {"$in": names}, "empty": {}, "none": None}}], ())
    assert len(query.mongosh().splitlines()) > 8
    assert read_back(query.mongosh()) == query.pipeline


def test_there_are_five() -> None:
    assert len(QUERIES) == 5
