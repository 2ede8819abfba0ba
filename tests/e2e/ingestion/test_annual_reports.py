"""Annual reports of a hundred pages through the whole pipeline, then financial questions about their pages over HTTP.

Set VOICEHELPER_DATA to the evaluation data; without it this test skips.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.client import Client


@pytest.mark.timeout(800)
def test_questions_find_their_report_and_page(client: Client, benchmark_data: Path) -> None:
    kb_id = client.create_base("annual_reports")
    folder = benchmark_data / "dev-pdf"
    names = {client.upload(kb_id, path.name, path.read_bytes()): path.stem for path in (folder / "pdf").glob("*.pdf")}
    ended = client.wait(names, limit_s=600)
    assert {status["status"] for status in ended.values()} == {"indexed"}

    queries = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()]
    answerable = [query for query in queries if query["answerable"]]
    first = recall = 0.0
    for query in answerable:
        sources = client.ask(kb_id, query["query"], top_k=10)["sources"]
        places = list(dict.fromkeys(f"{names[s['document_id']]}#p{s['page']}" for s in sources))
        first += bool(places) and places[0].split("#")[0] in {place.split("#")[0] for place in query["doc_ids"]}
        recall += len(set(places) & set(query["doc_ids"])) / len(query["doc_ids"])
    # A refused question shows no source and counts as not found.
    print({"document@1": first / len(answerable), "recall@10": recall / len(answerable)})
    assert first / len(answerable) >= 0.70
    assert recall / len(answerable) >= 0.40
