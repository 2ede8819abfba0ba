"""``OfflineAnswer``: the extractive reader as a ``Compose``; built by ``answer_resources`` without a chat model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from voicehelper.answering.events import Composed, Delta, whole
from voicehelper.answering.reader.compose import Similarity, compose_answer
from voicehelper.answering.verification import verified
from voicehelper.models.protocols import Embedder
from voicehelper.models.reading import ReaderUnavailableError, TrainedReader
from voicehelper.observability.logs import logger
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import idf_lookup


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """Implements ``Compose``. ``embedder`` None ignores similarities: the weights of the confidence were fitted to the
    built-in embedding and do not hold for another. ``reader`` gives the trained reader, where there is one; while it
    cannot be used, the hand-made one answers.
    """

    embedder: Callable[[], Embedder] | None
    reader: Callable[[], TrainedReader] | None = None

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        composed = self._composed(retrieval)
        if not retrieval.question.self_rag:
            return whole(composed)
        return whole(verified(composed, retrieval.asked, retrieval.passages))

    def _composed(self, retrieval: Retrieval) -> Composed:
        reader = self._loaded()
        if reader is None:
            return self._compose(retrieval, None)
        try:
            return self._compose(retrieval, reader)
        except ReaderUnavailableError as error:
            logger().warning("answered without the trained reader", extra={"reason": str(error)})
            return self._compose(retrieval, None)

    def _loaded(self) -> TrainedReader | None:
        """Whoever loads it logs why it cannot be."""
        try:
            return self.reader() if self.reader else None
        except ReaderUnavailableError:
            return None

    def _compose(self, retrieval: Retrieval, reader: TrainedReader | None) -> Composed:
        passages = retrieval.passages
        if self.embedder is None:
            passages = tuple(replace(passage, similarity=None) for passage in passages)
        return compose_answer(
            retrieval.asked,
            passages,
            idf_lookup(retrieval.idf),
            similarity=cosines(self.embedder) if self.embedder else None,
            whole_tables=retrieval.whole_tables,
            names=retrieval.names,
            reader=reader,
        )


def cosines(embedder: Callable[[], Embedder]) -> Similarity:
    """(question, texts) → the cosine of the question with each text; vectors are of unit length."""

    def similarity(question: str, texts: Sequence[str]) -> list[float]:
        model = embedder()
        query = model.embed_query(question)
        return [float(sum(a * b for a, b in zip(query, v, strict=True))) for v in model.embed_passages(texts)]

    return similarity
