"""Stage: order the first passages by a model that reads each of them together with the question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from voicehelper.models.protocols import Reranker
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.tokens import approximate_tokens

MAX_CHARS: Final = 4_000  # of a passage; models of this kind read some 512 tokens, few more than 8,192
NAME: Final = "cross_encoder_rerank"


@dataclass(frozen=True, slots=True)
class CrossEncoderRerank:
    """Waits for a remote model, so it runs after the search's transaction. If it fails, the order stays.

    Of the first ``depth`` passages; the others follow in their order, with scores below.
    """

    reranker: Callable[[], Reranker]
    depth: int
    name: str = NAME
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        first = [number for number, passage in enumerate(state.passages) if passage.score > 0][: self.depth]
        if len(first) < 2:
            return state.skip("nothing to order")
        texts = [f"{state.passages[n].title}\n{state.passages[n].text}"[:MAX_CHARS] for n in first]
        scores = dict(zip(first, self.reranker().relevance(state.asked, texts), strict=True))
        tokens = sum(map(approximate_tokens, texts)) + len(texts) * approximate_tokens(state.asked)
        ranked = sorted(first, key=lambda number: -scores[number])
        rest = [number for number in range(len(state.passages)) if number not in scores]
        least = min(scores.values())
        kept = {n: scores.get(n, min(least, state.passages[n].score)) for n in (*ranked, *rest)}
        passages = tuple(replace(state.passages[n], score=kept[n]) for n in kept)
        read = tuple(state.read[n] for n in kept) if state.read else ()
        return replace(state, passages=passages, read=read, reranked_tokens=tokens)
