"""BM25 as an inner product: document weights at ingest, inverse document frequencies at query time.

score(q, d) = sum over terms of qtf · idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / average length))

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The average length
is a constant, so that adding a document never changes another's weights; being off by a factor of two costs at most
.005 of MRR.

``chunk_weights`` is the entry of ingestion, ``query_counts`` that of search.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from voicehelper.index.chunk import Chunk
from voicehelper.text.tokenization import DIMENSIONS, term_counts

K1: Final = 1.2
B: Final = 0.75
AVERAGE_LENGTH: Final = 500.0
BUCKETS: Final = 65_536
PAGE_BUCKETS: Final = 256  # as the table lex_df_page has them
MAX_TERMS: Final = 15_000  # a sparsevec holds 16,000


def chunk_weights(chunks: Sequence[Chunk]) -> list[dict[int, float]]:
    """One {term id: weight} per chunk. Headings count like text."""
    return [document_weights(f"{chunk.title}\n{chunk.text}") for chunk in chunks]


def document_weights(text: str) -> dict[int, float]:
    """{term id: weight} of one chunk; the id is the 1-based dimension."""
    counts = term_counts(text)
    norm = K1 * (1 - B + B * counts.total() / AVERAGE_LENGTH)
    heaviest = counts.most_common(MAX_TERMS) if len(counts) > MAX_TERMS else counts.items()
    return {term: tf * (K1 + 1) / (tf + norm) for term, tf in heaviest}


def sparsevec_bytes(weights: Mapping[int, float]) -> bytes:
    """The weights as pgvector's binary ``sparsevec``: dimensions, entries, 0, ascending 0-based indices, values.

    https://github.com/pgvector/pgvector (sparsevec_recv): big-endian, 32 bits each.
    """
    entries = sorted(weights.items())
    header = struct.pack(">iii", DIMENSIONS, len(entries), 0)
    indices = struct.pack(f">{len(entries)}i", *[term - 1 for term, _ in entries])
    return header + indices + struct.pack(f">{len(entries)}f", *[value for _, value in entries])


def query_counts(text: str) -> dict[int, int]:
    """{term id: occurrences in the question}."""
    return dict(term_counts(text))


def document_frequencies(chunks: Iterable[Mapping[int, float]]) -> Counter[int]:
    """{bucket: number of chunks, each {term: weight}, with a term of the bucket}."""
    return Counter(number for weights in chunks for number in {term & (BUCKETS - 1) for term in weights})


def counter_pages(changes: Mapping[int, int]) -> dict[int, str]:
    """{page: changes of its buckets as a pgvector sparse literal}."""
    pages: defaultdict[int, list[str]] = defaultdict(list)
    for number in sorted(changes):
        pages[number // PAGE_BUCKETS].append(f"{number % PAGE_BUCKETS + 1}:{changes[number]}")
    return {page: f"{{{','.join(entries)}}}/{PAGE_BUCKETS}" for page, entries in pages.items()}
