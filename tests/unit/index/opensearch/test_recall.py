"""What is asked of OpenSearch, and that half an answer is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from voicehelper.adapters.opensearch import OpenSearch, OpenSearchError, Tries
from voicehelper.index.opensearch.recall import Recalled, recall
from voicehelper.index.protocol import SearchRequest

TENANT, BASE, CHUNK = uuid4(), uuid4(), uuid4()
REQUEST = SearchRequest([BASE], {1: 1}, [1.0, 0.0], cross_lingual_limit=2, metadata={"lang": "zh"})
COUNT = {"hits": {"total": {"value": 5}, "hits": []}, "_shards": {"failed": 0}}
LEG = {"hits": {"hits": [{"_id": str(CHUNK)}]}, "_shards": {"failed": 0}}


class Recorded(OpenSearch):
    """Answers with ``responses`` and keeps what it was asked."""

    def __init__(self, *responses: Any) -> None:
        super().__init__("http://nobody.invalid")
        self.lines: list[Mapping[str, Any]] = []
        self.responses = responses

    def call_lines(self, path: str, lines: Iterable[Mapping[str, Any]], *, tries: Tries) -> dict[str, Any]:  # noqa: ARG002
        self.lines = list(lines)
        return {"responses": list(self.responses)}


def asked(client: Recorded, request: SearchRequest = REQUEST, weights: Mapping[int, float] = {1: 2.0}) -> Recalled:
    return recall(client, "index", TENANT, request, weights)


def filters(value: Any) -> Iterable[list[Any]]:
    """Every list of filters, at any depth."""
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if key == "filter" and isinstance(part, list):
            yield part
        else:
            yield from filters(part)


def test_every_search_is_of_the_tenant_and_its_bases() -> None:
    client = Recorded(COUNT, LEG, LEG, LEG)

    asked(client)

    own = [{"term": {"tenant_id": str(TENANT)}}, {"terms": {"kb_id": [str(BASE)]}}]
    searches = client.lines[1::2]
    assert len(searches) == 4
    assert [[part[:2] for part in filters(search)] for search in searches] == [[own]] * 4
    assert {str(line) for line in client.lines[::2]} == {"{'index': 'index'}"}


def test_the_metadata_bounds_the_legs_and_not_the_count() -> None:
    client = Recorded(COUNT, LEG, LEG, LEG)

    asked(client)

    counted, *legs = ("facts" in str(search) for search in client.lines[1::2])
    assert (counted, legs) == (False, [True] * 3)


def test_what_the_legs_recalled_comes_once_with_the_count() -> None:
    assert asked(Recorded(COUNT, LEG, LEG, LEG)) == Recalled([CHUNK], 5)


def test_words_that_no_chunk_has_are_not_searched() -> None:
    client = Recorded(COUNT)

    assert asked(client, SearchRequest([BASE], {1: 1}), {}).chunk_ids == []


def test_no_index_yet_has_no_chunks() -> None:
    missing = {"status": 404, "error": {"type": "index_not_found_exception"}}

    assert asked(Recorded(missing, missing, missing, missing)) == Recalled()


@pytest.mark.parametrize(
    "leg",
    [
        {"status": 400, "error": {"type": "query_shard_exception"}},
        {**LEG, "timed_out": True},
        {**LEG, "_shards": {"failed": 1}},
        {"hits": {}},
        {"hits": {"hits": [{"_id": "no id of a chunk"}]}},
        {},
        None,
        "busy",
    ],
)
def test_half_an_answer_is_a_failure(leg: Any) -> None:
    with pytest.raises(OpenSearchError):
        asked(Recorded(COUNT, LEG, leg, LEG))


def test_a_missing_answer_is_a_failure() -> None:
    with pytest.raises(OpenSearchError):
        asked(Recorded(COUNT, LEG))


def test_bases_are_all_named() -> None:
    bases = [UUID(int=number) for number in range(1, 4)]
    client = Recorded(COUNT, LEG)

    asked(client, SearchRequest(bases, {1: 1}))

    assert client.lines[1]["query"]["bool"]["filter"][1] == {"terms": {"kb_id": [str(base) for base in bases]}}
