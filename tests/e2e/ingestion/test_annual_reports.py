"""Annual reports of a hundred pages through the whole pipeline, then how financial questions rank their pages.

The ranking is the product's own search over the index that the pipeline has built: the built-in reader refuses most of
these questions, as they ask for a judgement or a calculation, and a refusal names no source.
Set VOICEHELPER_DATA to the evaluation data; without it this test skips.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.bases import read_bases
from voicehelper.index.passage import Passage
from voicehelper.index.pgvector.index import PgvectorIndex
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.retrieval.pipeline import retrieve, start
from voicehelper.retrieval.plan import SearchContext, plan_query, plan_search
from voicehelper.retrieval.question import Question

from tests.support.client import Client
from tests.support.product import Product


@pytest.mark.timeout(800)
def test_questions_find_their_report_and_page(client: Client, product: Product, benchmark_data: Path) -> None:
    folder = benchmark_data / "dev-pdf"
    kb_id, names = _index_reports(client, folder / "pdf")

    figures = _figures(_answerable(folder), lambda query: _places(_search(product, kb_id, query), names))
    print(figures)

    assert figures["document@1"] >= 0.70
    assert figures["recall@10"] >= 0.40


def _index_reports(client: Client, folder: Path) -> tuple[str, dict[str, str]]:
    """(base, report's name by document id)."""
    kb_id = client.create_base("annual_reports")
    names = {client.upload(kb_id, path.name, path.read_bytes()): path.stem for path in folder.glob("*.pdf")}
    assert {status["status"] for status in client.wait(names, limit_s=600).values()} == {"indexed"}
    return kb_id, names


def _answerable(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    return [query for line in lines if (query := json.loads(line))["answerable"]]


def _figures(queries: list[dict[str, Any]], places_of: Callable[[str], list[str]]) -> dict[str, float]:
    """document@1: share of queries whose first place is in a relevant report; recall@10: share of relevant places."""
    first = recall = 0.0
    for query in queries:
        places, relevant = places_of(query["query"])[:10], set(query["doc_ids"])
        first += places[0].split("#")[0] in {place.split("#")[0] for place in relevant}
        recall += len(set(places) & relevant) / len(query["doc_ids"])
    return {"document@1": first / len(queries), "recall@10": recall / len(queries)}


def _places(passages: Sequence[Passage], names: dict[str, str]) -> list[str]:
    """Each page once, best first, as "report#p12"."""
    return list(dict.fromkeys(f"{names[f'doc-{passage.document_id}']}#p{passage.page}" for passage in passages))


def _search(product: Product, kb_id: str, text: str) -> Sequence[Passage]:
    base = UUID(kb_id.removeprefix("kb-"))
    with psycopg.connect(product.dsn) as admin:
        ((tenant,),) = admin.execute("SELECT tenant_id FROM knowledge_base WHERE id = %s", (base,)).fetchall()
    question = Question(text=text, base_ids=[base], language="en")
    database = Database(lambda: product.dsn)
    query = retrieve(start(question), plan_query(OfflineEmbedder))
    with database.transaction(tenant) as tx:
        context = SearchContext(PgvectorIndex(tx), read_bases(tx, [base]))
        passages = retrieve(query, plan_search(question, context)).passages
    database.close()
    return passages
