"""Real documents through the product's parsers, index and reader, without HTTP: quick enough to tune by."""

from __future__ import annotations

import argparse
import functools
import hashlib
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
from voicehelper.ingestion.page_pictures import as_png, draw_reference
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.recognised import (
    MAX_PICTURES,
    Pictures,
    Recognition,
    results_from_json,
    results_to_json,
)
from voicehelper.ingestion.steps.embed_chunks import embedding_text
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.recognition.builtin import BuiltinRecognizer
from voicehelper.text.question_terms import idf_lookup

from infra.local.paths import ROOT
from tests.benchmarks.answers.__main__ import report_fit, seen_features, similarity
from tests.benchmarks.retrieval.__main__ import BASE, DATA, OWNER, embed, fill, found
from tests.support.bases import create_base
from tests.support.postgres import make_database, make_template, running_server
from tests.support.questions import PICTURE_KINDS, contains_answer, is_expected_source, load_questions

RECOGNISED = ROOT / ".local" / "recognised"


def parsed(path: Path) -> ParsedDocument:
    """With the text of its pictures, which is kept between runs: recognising takes longer than all the rest."""
    content = path.read_bytes()
    kept = RECOGNISED / f"{hashlib.sha256(content).hexdigest()}.json"
    results = results_from_json(kept.read_bytes()) if kept.exists() else {}
    noted = Pictures(results, most=MAX_PICTURES)
    document = parse_document(content, path.name, noted)
    if not noted.pending:
        return document
    for reference in noted.pending:
        results[reference] = recognised(content, path.name, reference)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(results_to_json(results))
    return parse_document(content, path.name, Pictures(results))


def recognised(content: bytes, name: str, reference: str) -> Recognition:
    try:
        picture = as_png(draw_reference(content, name, reference))
        return Recognition(recognizer().recognise(picture, language="zh-CN", tables=True))
    except RejectedError as error:
        return Recognition(None, error.reason)


@functools.cache
def recognizer() -> BuiltinRecognizer:
    return BuiltinRecognizer()


def index(connection: psycopg.Connection[Any], folder: Path) -> dict[UUID, str]:
    """Every file that can be read; returns file names by document id."""
    create_base(connection, OWNER)
    names = {}
    for path in sorted(folder.iterdir()):
        try:
            chunks = chunk_document(parsed(path), uuid5(BASE, path.name))
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
    of_pictures: Counter[str] = Counter()
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
                part = of_pictures if question["kind"] in PICTURE_KINDS else counts
                verdict = judge(question, answer, sources, names, part)
                if options.wrong and verdict:
                    shown = answer.text.replace("\n", " / ")[:230]
                    sys.stdout.write(
                        f"{question['question_id']} {question['kind']} {verdict} {answer.confidence:.2f} {question['question']}"
                        f" | {question['answers']} {question['where']} {question['file']}\n    {shown}\n"
                        f"    { {k: round(v, 2) for k, v in seen.items()} } {[(s.page, s.title[-30:]) for s in sources[:2]]}\n"
                    )
    for kind, part in (("with text", counts), ("recognised", of_pictures)):
        total = part["answerable"]
        sys.stdout.write(
            f"{kind}: answerable {total}: place among 5 {part['placed'] / total:.3f}"
            f"  answer held {part['held'] / total:.3f}  over-refusal {part['over'] / total:.3f}\n"
        )
    sys.stdout.write(
        f"unanswerable {counts['unanswerable']}: refused {counts['refused'] / max(1, counts['unanswerable']):.3f}\n"
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
