"""The offline reader as a way to compose an answer; no model writes, so nothing can be invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from voicehelper.answering.events import Composed, Delta, whole
from voicehelper.answering.reader.compose import Similarity, compose_answer
from voicehelper.models.protocols import Embedder
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.question_terms import idf_of


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """Implements ``Compose``. ``embedder`` None lets words alone decide: what a cosine says was learned from the
    built-in embedding, and another one's mean something else.
    """

    embedder: Callable[[], Embedder] | None

    def __call__(self, found: Retrieval) -> Iterator[Delta | Composed]:
        question, idf = found.question.text, idf_of(found.idf)
        if self.embedder is None:
            passages = [replace(passage, similarity=None) for passage in found.passages]
            return whole(compose_answer(question, passages, idf))
        return whole(compose_answer(question, found.passages, idf, similarity=cosines(self.embedder)))


def cosines(embedder: Callable[[], Embedder]) -> Similarity:
    """(question, texts) → the cosine of the question with each text; vectors are of unit length."""

    def similarity(question: str, texts: Sequence[str]) -> list[float]:
        model = embedder()
        query = model.embed_query(question)
        return [float(sum(a * b for a, b in zip(query, v, strict=True))) for v in model.embed_passages(texts)]

    return similarity
