"""Answers and refusals over the evaluation sets, through the product's search and reader.

`python -m tests.benchmarks.answers` prints the figures; `--fit` fits the weights of the decision to answer.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import psycopg
from voicehelper.answering.evidence import READ_PASSAGES, features
from voicehelper.answering.reader.compose import compose_answer, nearest_cosine
from voicehelper.answering.reader.units import rank_units
from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import Idf, OtherName, idf_lookup, question_terms

from tests.benchmarks.retrieval.__main__ import DATA, embed, fill_passages, found, metrics, read, search_text_of
from tests.support.postgres import make_database, make_template, running_server

SETS = ("dev-zh", "dev-zh-law", "dev-en")


def answered(name: str, server: str) -> Iterator[tuple[dict[str, Any], Retrieval, list[str]]]:
    """(query, what was found, ids of the passages) of every query of a set."""
    corpus, queries = read(DATA / name / "corpus.jsonl"), read(DATA / name / "queries.jsonl")
    questions = embed([search_text_of(query) for query in queries], queries=True)
    with psycopg.connect(make_database(server)) as connection:
        names = fill_passages(connection, corpus)
        connection.commit()
        for query, vector in zip(queries, questions, strict=True):
            retrieval = found(connection, query, vector, "named")
            yield query, retrieval, [names[passage.chunk_id] for passage in retrieval.passages]


def similarity(question: str, texts: Sequence[str]) -> list[float]:
    (asked,) = embed([question], queries=True)
    return [float(asked @ vector) for vector in embed(list(texts), queries=False)]


def seen_features(
    question: str, passages: Sequence[Passage], idf: Idf, names: Sequence[OtherName] = ()
) -> dict[str, float]:
    """What the reader decides by."""
    query_terms = question_terms(question, idf, names)
    units = rank_units(question, query_terms, passages[:READ_PASSAGES])
    return features(question, query_terms, passages, nearest=nearest_cosine(question, units, similarity))


def measure(name: str, server: str, scorer: Any) -> list[tuple[list[float], bool]]:
    corpus, queries = scorer.load(DATA / name)
    run, examples = {}, []
    for query, retrieval, ranked in answered(name, server):
        passages, weigh = retrieval.passages, idf_lookup(retrieval.idf)
        text = retrieval.asked
        answer = compose_answer(text, passages, weigh, similarity=similarity, names=retrieval.names)
        examples.append(
            (list(seen_features(text, passages, weigh, retrieval.names).values()), bool(query["answerable"]))
        )
        run[query["query_id"]] = {
            "query_id": query["query_id"],
            "ranked": ranked,
            "answer": answer.text,
            "refused": answer.refused,
            "citations": [ranked[number] for number in answer.citations],
            "confidence": answer.confidence,
        }
    sys.stdout.write(
        f"{name:11s} {reliability([(run[q['query_id']]['confidence'], q['answerable']) for q in queries])}\n"
    )
    kinds: dict[str, list[dict[str, Any]]] = {"all": queries}
    for query in queries:
        kinds.setdefault(query["kind"], []).append(query)
    for part, chosen in kinds.items():
        figures = scorer.evaluate(corpus, chosen, run)
        sys.stdout.write(f"{name:11s} {part:24s} {shown(figures)} first cited {first_cited(chosen, run):.3f}\n")
    return examples


def first_cited(queries: list[dict[str, Any]], run: dict[str, dict[str, Any]]) -> float:
    """Share of answered, answerable questions whose first citation is relevant."""
    said = [(query, run[query["query_id"]]) for query in queries if query["answerable"]]
    hits = [result["citations"][0] in query["doc_ids"] for query, result in said if result["citations"]]
    return sum(hits) / len(hits) if hits else 0.0


def reliability(said: Sequence[tuple[float, bool]]) -> str:
    """Confidence beside the share that can be answered, by fifths, where half of all could be: as it was fitted.

    The last figure is the expected calibration error, Guo et al., ICML 2017.
    """
    share = {answerable: 0.5 / max(1, sum(a == answerable for _, a in said)) for answerable in (True, False)}
    error, fifths = 0.0, []
    for fifth in range(5):
        part = [(c, answerable) for c, answerable in said if min(4, int(5 * c)) == fifth]
        if not (weight := sum(share[answerable] for _, answerable in part)):
            continue
        mean = sum(c * share[answerable] for c, answerable in part) / weight
        answered = sum(share[answerable] for _, answerable in part if answerable) / weight
        error += weight * abs(mean - answered)
        fifths.append(f"said {mean:.2f} is {answered:.2f} ({len(part)})")
    return f"confidence: {'; '.join(fifths)}; error {error:.3f}"


def shown(figures: dict[str, Any]) -> str:
    wanted = ("answer-held", "f1", "rougeL", "citation-hit", "refusal-f1", "over-refusal", "confidence-auroc")
    return " ".join(f"{key} {figures[key]:.3f}" for key in wanted if key in figures)


def fit(examples: list[tuple[list[float], bool]], *, rounds: int = 30) -> tuple[np.ndarray, float]:
    """Logistic regression by Newton's method with a little ridge, both classes weighing the same."""
    x = np.array([[*row, 1.0] for row, _ in examples])
    y = np.array([float(label) for _, label in examples])
    positive, negative = float(y.sum()), float((1 - y).sum())
    weight = np.where(y > 0, 0.5 / max(1.0, positive), 0.5 / max(1.0, negative))
    w = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-(x @ w)))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(x.shape[1])
        w -= np.linalg.solve(hessian, x.T @ (weight * (p - y)) + 1e-4 * w)
    return w[:-1], float(w[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    scorer, examples = metrics(), {}
    with running_server() as server:
        make_template(server)
        for name in options.sets:
            examples[name] = measure(name, server, scorer)
    if options.fit:
        report_fit(examples)
    return 0


def report_fit(examples: dict[str, list[tuple[list[float], bool]]]) -> None:
    pool = [row for rows in examples.values() for row in rows]
    random.Random(7).shuffle(pool)
    half = len(pool) // 2
    for label, train, test in (
        ("A→B", pool[:half], pool[half:]),
        ("B→A", pool[half:], pool[:half]),
        ("all", pool, pool),
    ):
        w, b = fit(train)
        sys.stdout.write(f"{label} weights {np.round(w, 2).tolist()} bias {b:.2f}\n")
        for cut in (0.2, 0.3, 0.35, 0.4, 0.5):
            bound = math.log(cut / (1 - cut))
            said = [(float(np.dot(row, w)) + b < bound, answerable) for row, answerable in test]
            caught = sum(refused and not answerable for refused, answerable in said)
            wrong = sum(refused and answerable for refused, answerable in said)
            unanswerable = sum(not answerable for _, answerable in said)
            f1 = 2 * caught / (caught + wrong + unanswerable)
            over = wrong / max(1, len(said) - unanswerable)
            sys.stdout.write(
                f"   cut {cut}: refusal F1 {f1:.3f} recall {caught / unanswerable:.3f} over-refusal {over:.3f}\n"
            )
    sys.stdout.write(json.dumps({name: len(rows) for name, rows in examples.items()}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
