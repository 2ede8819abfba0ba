"""``OfflineAnswer``: the extractive reader as a ``Compose``; ``resources`` builds it if there is no chat model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from voicehelper.answering.events import Composed, Delta, whole
from voicehelper.answering.reader.compose import Similarity, compose_answer
from voicehelper.answering.verification import verified
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import idf_lookup


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """Implements ``Compose``. ``embedder`` None ignores similarities: the weights of the confidence were fitted to the
    built-in embedding and do not hold for another.
    """

    embedder: Callable[[], Embedder] | None

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        question, idf, tables = retrieval.asked, idf_lookup(retrieval.idf), retrieval.whole_tables
        if self.embedder is None:
            passages = [replace(passage, similarity=None) for passage in retrieval.passages]
            return self._checked(
                compose_answer(question, passages, idf, whole_tables=tables, names=retrieval.names), retrieval
            )
        composed = compose_answer(
            question,
            retrieval.passages,
            idf,
            similarity=cosines(self.embedder),
            whole_tables=tables,
            names=retrieval.names,
        )
        return self._checked(composed, retrieval)

    @staticmethod
    def _checked(composed: Composed, retrieval: Retrieval) -> Iterator[Delta | Composed]:
        if not retrieval.question.self_rag:
            return whole(composed)
        return whole(verified(composed, retrieval.asked, retrieval.passages))


def cosines(embedder: Callable[[], Embedder]) -> Similarity:
    """(question, texts) → the cosine of the question with each text; vectors are of unit length."""

    def similarity(question: str, texts: Sequence[str]) -> list[float]:
        model = embedder()
        query = model.embed_query(question)
        return [float(sum(a * b for a, b in zip(query, v, strict=True))) for v in model.embed_passages(texts)]

    return similarity
