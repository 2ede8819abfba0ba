"""Real documents through the product's parsers, index and reader, without HTTP: quick enough to tune by."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
from voicehelper.answering.reader.compose import compose_answer
from voicehelper.answering.sources import select_sources
from voicehelper.errors import RejectedError
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.steps.embed_chunks import embedding_text
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.text.question_terms import idf_lookup

from tests.benchmarks.answers.__main__ import report_fit, seen_features, similarity
from tests.benchmarks.retrieval.__main__ import BASE, DATA, OWNER, embed, fill, found
from tests.support.bases import create_base
from tests.support.postgres import make_database, make_template, running_server
from tests.support.questions import contains_answer, is_expected_source, load_questions


def index(connection: psycopg.Connection[Any], folder: Path) -> dict[UUID, str]:
    """Every file that can be read; returns file names by document id."""
    create_base(connection, OWNER)
    names = {}
    for path in sorted(folder.iterdir()):
        try:
            chunks = chunk_document(parse_document(path.read_bytes(), path.name), uuid5(BASE, path.name))
        except RejectedError as error:
            sys.stdout.write(f"{path.name}: {error.reason}\n")
            continue
        vectors = embed([embedding_text(chunk) for chunk in chunks], queries=False)
        names[fill(connection, path.name, chunks, vectors)] = path.name
    return names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="show every question that went wrong")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    questions = load_questions(DATA / "documents")
    counts: Counter[str] = Counter()
    examples = []
    OfflineEmbedder()
    with running_server() as server:
        make_template(server)
        with psycopg.connect(make_database(server)) as connection:
            names = index(connection, DATA / "documents" / "files")
            connection.commit()
            asked = [question for question in questions if not question["file"] or question["file"] in names.values()]
            vectors = embed([question["question"] for question in asked], queries=True)
            for question, vector in zip(asked, vectors, strict=True):
                text = question["question"]
                retrieval = found(connection, {"query": text}, vector, "named")
                passages, weigh = retrieval.passages, idf_lookup(retrieval.idf)
                answer = compose_answer(text, passages, weigh, similarity=similarity, names=retrieval.names)
                seen = seen_features(text, passages, weigh, retrieval.names)
                examples.append((list(seen.values()), question["kind"] != "unanswerable"))
                sources = select_sources(passages, answer.citations, 5)
                verdict = judge(question, answer, sources, names, counts)
                if options.wrong and verdict:
                    shown = answer.text.replace("\n", " / ")[:230]
                    sys.stdout.write(
                        f"{question['question_id']} {question['kind']} {verdict} {answer.confidence:.2f} {question['question']}"
                        f" | {question['answers']} {question['where']} {question['file']}\n    {shown}\n"
                        f"    { {k: round(v, 2) for k, v in seen.items()} } {[(s.page, s.title[-30:]) for s in sources[:2]]}\n"
                    )
    total = counts["answerable"]
    sys.stdout.write(
        f"answerable {total}: place among 5 {counts['placed'] / total:.3f}  answer held {counts['held'] / total:.3f}"
        f"  over-refusal {counts['over'] / total:.3f}; unanswerable {counts['unanswerable']}:"
        f" refused {counts['refused'] / max(1, counts['unanswerable']):.3f}\n"
    )
    if options.fit:
        report_fit({"documents": examples})
    return 0


def judge(question: dict[str, Any], answer: Any, sources: Any, names: dict[UUID, str], counts: Counter[str]) -> str:
    """What went wrong, empty for nothing."""
    if question["kind"] == "unanswerable":
        counts["unanswerable"] += 1
        counts["refused"] += answer.refused
        return "" if answer.refused else "ANSWERED"
    counts["answerable"] += 1
    counts["over"] += answer.refused
    placed = any(is_expected_source(place_of(source, names), question) for source in sources) and not answer.refused
    held = contains_answer(answer.text, question) and not answer.refused
    counts["placed"] += placed
    counts["held"] += held
    return " ".join(["REFUSED"] * answer.refused + ["PLACE"] * (not placed) + ["ANSWER"] * (not held))


def place_of(passage: Any, names: dict[UUID, str]) -> dict[str, Any]:
    rows = (passage.place.first_row, passage.place.last_row) if passage.place.first_row else None
    return {
        "filename": names[passage.document_id],
        "page": passage.page,
        "title": passage.title,
        "content": passage.text,
        "rows": rows,
    }


if __name__ == "__main__":
    sys.exit(main())
