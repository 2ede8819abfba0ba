"""The stages of a question, by its mode; ``plan`` is the entry, ``answering.service`` the caller."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.index.bases import BaseFacts
from voicehelper.index.bm25 import query_counts
from voicehelper.index.protocol import ChunkIndex
from voicehelper.models.protocols import Chat, Embedder, Reranker
from voicehelper.models.reading import TrainedReader
from voicehelper.retrieval.classifier import classify
from voicehelper.retrieval.pipeline import Clock, Retrieval, Stage
from voicehelper.retrieval.question import LEGS, Leg, Question
from voicehelper.retrieval.stages.classify import Classify
from voicehelper.retrieval.stages.compress import ContextCompression
from voicehelper.retrieval.stages.context import Context
from voicehelper.retrieval.stages.cross_encoder import CrossEncoderRerank
from voicehelper.retrieval.stages.cross_lingual import CrossLingual
from voicehelper.retrieval.stages.embed import Embed
from voicehelper.retrieval.stages.expand_names import DeclaredNames
from voicehelper.retrieval.stages.graph import GraphRetrieval
from voicehelper.retrieval.stages.neighbours import Neighbours
from voicehelper.retrieval.stages.reading_order import ReadingOrder
from voicehelper.retrieval.stages.rerank import LexicalRerank
from voicehelper.retrieval.stages.rewrite import Rewrite, search_text
from voicehelper.retrieval.stages.search import HybridSearch

RERANKED: Final = 2  # passages for each source that is asked for


@dataclass(frozen=True, slots=True)
class SearchContext:
    """The index and the bases that a question is searched with."""

    index: ChunkIndex
    bases: Sequence[BaseFacts]
    has_reranker: bool = False

    @property
    def has_vectors(self) -> bool:
        """False if the self-check has disabled the vector leg of every base."""
        return any(base.vector_leg is not False for base in self.bases)


def plan_query(embedder: Callable[[], Embedder], legs: Collection[Leg] = LEGS) -> list[Stage]:
    """What comes before the search and needs no database: no transaction stays open while a model is waited for.

    A search by words alone needs no vector.
    """
    return [Classify(), Rewrite(), *([Embed(embedder)] if "meaning" in legs else [])]


def plan_search(question: Question, context: SearchContext) -> list[Stage]:
    """``simple`` searches by vector only, where there are vectors; every other mode by the question's legs."""
    by_vector = context.has_vectors and "meaning" in question.legs
    has_words = bool(query_counts(search_text(question.text, question.history)))
    search = HybridSearch(
        index=context.index,
        kb_ids=[base.id for base in context.bases],
        by_vector=by_vector,
        by_words=has_words and not (by_vector and (question.mode == "simple" or "words" not in question.legs)),
        indexes=context.bases[0].indexes if len(context.bases) == 1 else (),
    )
    names = [pair for base in context.bases for pair in base.names]
    return [
        *([DeclaredNames(names)] if names else []),
        search,
        *([LexicalRerank(RERANKED * question.top_k)] if question.rerank and not context.has_reranker else []),
        *([CrossLingual()] if by_vector else []),
        *([GraphRetrieval(context.index, search.kb_ids, by_vector)] if follows_links(question) else []),
        Context(context.index),
        Neighbours(context.index),
        *([ContextCompression(question.compression)] if question.compression < 1 else []),
    ]


def plan_expansion(query: Retrieval, chat: Chat | None, embedder: Callable[[], Embedder], clock: Clock) -> list[Stage]:
    """What asks a chat model for paraphrases: for a hard question in the mode that uses everything there is."""
    if chat is None or query.question.mode != "ultimate":
        return []
    from voicehelper.retrieval.stages.expand import QueryExpansion, is_hard  # only where a model is configured

    return [QueryExpansion(chat, embedder, clock)] if is_hard(query.classification) else []


def follows_links(question: Question) -> bool:
    """Whether names are followed; a question that does not ask for it pays nothing."""
    return classify(question.text).type == "multi_hop" if question.graph is None else question.graph


def plan_order(
    question: Question, reranker: Callable[[], Reranker] | None, reader: Callable[[], TrainedReader] | None = None
) -> list[Stage]:
    """What follows the search and waits for a model: no transaction may stay open meanwhile.

    A reranker orders all first passages, so there is nothing left for the reader.
    """
    if reranker and question.rerank is not False and not (question.mode == "simple" and question.rerank is None):
        return [CrossEncoderRerank(reranker, RERANKED * question.top_k)]
    return [ReadingOrder(reader)] if reader else []
