"""`make bench-retrieval`: the evaluation sets through the product's own index and query statements."""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import psycopg
from voicehelper.adapters.database import Transaction
from voicehelper.index.bases import read_bases
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.fusion import Fusion
from voicehelper.index.pgvector.index import PgvectorBackend
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.steps.embed_chunks import embedding_text
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.retrieval.pipeline import Retrieval, Stage, retrieve, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.cross_lingual import CrossLingual
from voicehelper.retrieval.stages.expand_names import DeclaredNames
from voicehelper.retrieval.stages.graph import GraphRetrieval
from voicehelper.retrieval.stages.rewrite import Rewrite
from voicehelper.retrieval.stages.search import HybridSearch
from voicehelper.text.other_names.keys import asked_keys

from tests.support.application import ROOT
from tests.support.bases import Base, create_base, create_document
from tests.support.postgres import make_database, make_template, running_server

DATA = Path(os.environ.get("VOICEHELPER_DATA", ROOT.parent / "shared" / "data"))
CACHE = ROOT / ".local" / "bench-cache"
TENANT, BASE = UUID(int=1), UUID(int=2)
OWNER = Base(TENANT, BASE)
# "named" is hybrid with the names that the passages declare, "graph" with those that lead from passage to passage.
MODES = ("bm25", "dense", "hybrid", "rrf", "named", "graph")

# (set, part of the metrics' --by-kind or "all", measure, least value with hybrid retrieval)
FLOORS = (
    ("dev-zh", "all", "ndcg@10", 0.975),
    ("dev-zh", "factoid-other-script", "hit@5", 0.98),
    ("dev-zh-law", "all", "ndcg@10", 0.675),
    ("dev-zh-law", "all", "recall@5", 0.70),
    ("dev-en", "all", "ndcg@10", 0.935),
    ("dev-en", "conversational", "ndcg@10", 0.85),
    ("dev-mixed", "same-language", "hit@5", 0.98),
    ("dev-mixed", "both", "hit@5", 0.98),
    ("dev-mixed", "cross-language", "hit@5", 0.10),
    ("dev-multihop", "all", "recall@5", 0.66),
    ("dev-multihop", "all", "all-hops@10", 0.37),
    ("dev-pdf", "all", "document@1", 0.70),
    ("dev-pdf", "all", "recall@10", 0.40),
)
# With names followed in addition.
GRAPH_FLOORS = (
    ("dev-multihop", "all", "recall@5", 0.95),
    ("dev-multihop", "all", "all-hops@10", 0.90),
)


def metrics() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metrics", DATA / "metrics.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def embed(texts: Sequence[str], *, queries: bool) -> list[Any]:
    """Vectors by the product's embedder, kept on disk by content so that a second run is quick."""
    CACHE.mkdir(parents=True, exist_ok=True)
    embedder = OfflineEmbedder()
    vectors = []
    for text in texts:
        path = CACHE / f"{hashlib.sha256(f'{queries}{text}'.encode()).hexdigest()}.npy"
        if not path.exists():
            vector = embedder.embed_query(text) if queries else embedder.embed_passages([text])[0]
            np.save(path, np.asarray(vector, dtype=np.float32))
        vectors.append(np.load(path))
    return vectors


def fill_passages(connection: psycopg.Connection[Any], corpus: list[dict[str, Any]]) -> dict[UUID, str]:
    """Every passage as a chunk; returns its id by chunk id."""
    vectors = embed([f"{p['title']}\n{p['text']}" for p in corpus], queries=False)
    names = {uuid5(BASE, passage["doc_id"]): passage["doc_id"] for passage in corpus}
    chunks = [
        Chunk(key, number, passage["title"], passage["text"], Place(page=passage.get("page")), (), 0)
        for number, (key, passage) in enumerate(zip(names, corpus, strict=True))
    ]
    create_base(connection, OWNER)
    fill(connection, "x", chunks, vectors)
    return names


def fill_pdfs(connection: psycopg.Connection[Any], folder: Path) -> dict[UUID, str]:
    """Whole files through the product's parser and chunker; returns "file#ppage" by chunk id."""
    create_base(connection, OWNER)
    names: dict[UUID, str] = {}
    for path in sorted(folder.glob("*.pdf")):
        chunks = chunk_document(parse_document(path.read_bytes(), path.name), uuid5(BASE, path.name))
        fill(connection, path.name, chunks, embed([embedding_text(chunk) for chunk in chunks], queries=False))
        names |= {chunk.chunk_id: f"{path.stem}#p{chunk.place.page}" for chunk in chunks}
    return names


def fill(connection: psycopg.Connection[Any], filename: str, chunks: list[Chunk], vectors: list[Any]) -> UUID:
    """Index a document of the base; returns its id."""
    document = create_document(connection, OWNER, filename, document_id=uuid5(BASE, filename))
    backend, index = PgvectorBackend(), OWNER.index(connection)
    index.replace_text(OWNER.ref(document), backend.prepare_text(chunks), {})
    index.add_vectors(OWNER.ref(document), backend.prepare_vectors(chunks, vectors))
    return document


def found(connection: psycopg.Connection[Any], query: dict[str, Any], vector: Any, mode: str) -> Retrieval:
    """What the product's own stages find; a mode is a list of them."""
    history = [(turn["role"], turn["text"]) for turn in _turns(query)]
    fusion: Fusion = "rrf" if mode == "rrf" else "convex"
    question = Question(text=query["query"], base_ids=[BASE], language="zh", fusion=fusion, history=history)
    by_vector = mode != "bm25"
    search = HybridSearch(OWNER.index(connection), [BASE], by_vector=by_vector, by_words=mode != "dense")
    names = declared(connection, question.text) if mode == "named" else []
    named: list[Stage] = [DeclaredNames(names)] if names else []
    stages: list[Stage] = [Rewrite(), *named, search, *([CrossLingual()] if by_vector else [])]
    if mode == "graph":
        stages.append(GraphRetrieval(OWNER.index(connection), [BASE]))
    return retrieve(replace(start(question), vector=vector), stages)


def declared(connection: psycopg.Connection[Any], question: str) -> Sequence[Sequence[str]]:
    (base,) = read_bases(Transaction(connection, TENANT), [BASE], asked_keys(question))
    return base.names


def _turns(query: dict[str, Any]) -> list[dict[str, str]]:
    turns = query.get("history") or []
    return [turn if isinstance(turn, dict) else {"role": "user", "text": turn} for turn in turns]


def run_set(name: str, server: str, scorer: ModuleType) -> dict[str, dict[str, dict[str, Any]]]:
    """{mode: {part: figures}} of one set."""
    corpus, queries = read(DATA / name / "corpus.jsonl"), read(DATA / name / "queries.jsonl")
    questions = embed([search_text_of(query) for query in queries], queries=True)
    loaded, _ = scorer.load(DATA / name)
    results: dict[str, dict[str, dict[str, Any]]] = {}
    with psycopg.connect(make_database(server)) as connection:
        names = fill_pdfs(connection, DATA / name / "pdf") if name == "dev-pdf" else fill_passages(connection, corpus)
        connection.commit()
        connection.execute("ANALYZE")
        for mode in MODES:
            run = {}
            for query, vector in zip(queries, questions, strict=True):
                started = time.perf_counter()
                passages = found(connection, query, vector, mode).passages
                ranked = [names[passage.chunk_id] for passage in passages]
                elapsed = (time.perf_counter() - started) * 1000
                run[query["query_id"]] = {"query_id": query["query_id"], "ranked": ranked, "ms": elapsed}
            results[mode] = {part: scorer.evaluate(loaded, chosen, run) for part, chosen in parts(queries).items()}
    return results


def search_text_of(query: dict[str, Any]) -> str:
    """What the rewriting stage searches for; the vector leg sees the last turns as one text."""
    history = [(turn["role"], turn["text"]) for turn in _turns(query)]
    return Rewrite()(start(Question(query["query"], [BASE], "zh", history=history))).queries[0]


def parts(queries: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {"all": queries}
    kinds["one-shot"] = [query for query in queries if not query.get("history")]
    for query in queries:
        kinds.setdefault(query["kind"], []).append(query)
    return kinds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(dict.fromkeys(name for name, *_ in FLOORS)))
    chosen = parser.parse_args().sets
    scorer = metrics()
    failed = 0
    with running_server() as server:
        make_template(server)
        for name in chosen:
            results = run_set(name, server, scorer)
            for mode, by_part in results.items():
                for part, figures in by_part.items():
                    if figures.get("answerable"):
                        sys.stdout.write(row(name, mode, part, figures))
            failed += check(name, results)
    return 1 if failed else 0


def row(name: str, mode: str, part: str, figures: dict[str, Any]) -> str:
    shown = [
        f"{key} {figures[key]:.3f}"
        for key in ("ndcg@10", "recall@5", "recall@10", "hit@5", "all-hops@10", "document@1")
        if key in figures
    ]
    return f"{name:13s} {mode:7s} {part:24s} n={figures['answerable']:<4d} {'  '.join(shown)}  p50 {figures['p50-ms']:.0f} ms\n"


def check(name: str, results: dict[str, dict[str, dict[str, Any]]]) -> int:
    """The number of figures below their floor."""
    failed = 0
    floors = [("hybrid", *floor) for floor in FLOORS] + [("graph", *floor) for floor in GRAPH_FLOORS]
    for mode, set_name, part, measure, floor in floors:
        if set_name == name and part in results[mode]:
            value = results[mode][part][measure]
            verdict = "ok" if value >= floor else "BELOW FLOOR"
            failed += value < floor
            sys.stdout.write(f"{name:13s} {mode} {part} {measure} {value:.3f} floor {floor} {verdict}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
