"""The one place where a question's mode and flags become a list of stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voicehelper.index.bases import BaseFacts
from voicehelper.index.bm25 import query_counts
from voicehelper.index.protocol import ChunkIndex
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.pipeline import Stage
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.classify import Classify
from voicehelper.retrieval.stages.cross_lingual import CrossLingual
from voicehelper.retrieval.stages.rewrite import Rewrite, search_text
from voicehelper.retrieval.stages.search import HybridSearch


@dataclass(frozen=True, slots=True)
class Available:
    """What a deployment and the bases that are asked have to search with.

    ``embedder`` is a factory: a question that needs no vector never loads the model.
    """

    index: ChunkIndex
    bases: Sequence[BaseFacts]
    embedder: Callable[[], Embedder]

    @property
    def has_vectors(self) -> bool:
        """Whether meaning takes part: not where every base's own text has shown the embedding to be unfit."""
        return any(base.vector_leg is not False for base in self.bases)


def plan(question: Question, available: Available) -> list[Stage]:
    """``simple`` searches by vector alone where there is one; every other mode by words and vector."""
    by_vector = available.has_vectors
    has_words = bool(query_counts(search_text(question.text, question.history)))
    search = HybridSearch(
        index=available.index,
        kb_ids=[base.id for base in available.bases],
        embedder=available.embedder if by_vector else None,
        by_words=has_words and not (question.mode == "simple" and by_vector),
    )
    return [Classify(), Rewrite(), search, *([CrossLingual()] if by_vector else [])]
