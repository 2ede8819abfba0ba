"""Bases of any size: generated passages with the word frequencies of real text, and vectors of the right shape."""

from __future__ import annotations

import itertools
import random
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import psycopg
from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.pgvector.index import PgvectorBackend

from tests.support.bases import Base, create_document

BACKEND = PgvectorBackend()
_DICE = random.Random(7)
_VOCABULARY = ["".join(_DICE.choices("abcdefghijklmnopqrstuvwxyz", k=_DICE.randint(4, 9))) for _ in range(20_000)]
# Zipf, "Human Behavior and the Principle of Least Effort", 1949: the n-th word comes 1/n as often as the first.
_CUMULATED = list(itertools.accumulate(1 / rank for rank in range(1, len(_VOCABULARY) + 1)))
_PER_DOCUMENT = 100


def passage(number: int, words: int = 90) -> str:
    """Sentences of twelve words."""
    dice = random.Random(number)
    drawn = dice.choices(_VOCABULARY, cum_weights=_CUMULATED, k=words)
    return " ".join(" ".join(drawn[at : at + 12]).capitalize() + "." for at in range(0, words, 12))


def chunks_of(document: UUID, first: int, count: int) -> list[Chunk]:
    return [
        Chunk(uuid5(document, str(n)), n, f"Manual {first + n}", passage(first + n), Place(page=n + 1), (), 120)
        for n in range(count)
    ]


def vectors_of(count: int, *, first: int = 0) -> list[Any]:
    """A direction common to all, and deviations in 24 dimensions, as vectors of text have: the nearest twenty of 17,323
    put these at 19 dimensions (Levina and Bickel, NIPS 2004), passages of annual reports at 17.
    """
    axes = np.random.default_rng(7).normal(size=(25, 384))
    deviations = np.random.default_rng([7, first]).normal(size=(count, 24))
    return list((4 * axes[0] + deviations @ axes[1:]).astype(np.float16))


def fill(connection: psycopg.Connection[Any], base: Base, count: int) -> None:
    """``count`` chunks in documents of a hundred, by the product's own index code; commits."""
    for first in range(0, count, _PER_DOCUMENT):
        document = create_document(connection, base, f"manual-{first}.txt")
        index, ref = base.index(connection), base.ref(document)
        chunks = chunks_of(document, first, min(_PER_DOCUMENT, count - first))
        index.replace_text(ref, BACKEND.prepare_text(chunks), {})
        index.add_vectors(ref, BACKEND.prepare_vectors(chunks, vectors_of(len(chunks), first=first)))
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()


def question(number: int) -> str:
    """Words of a passage that is there, as questions are."""
    return " ".join(passage(number).split()[12:20])
