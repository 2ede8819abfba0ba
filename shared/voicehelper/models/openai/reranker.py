"""Reranking through an endpoint of the shape that Cohere and Jina defined and vLLM, Bedrock and others speak.

POST {base_url}/rerank {"model", "query", "documents"} → {"results": [{"index", "relevance_score"}]}
(https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, "Re-rank API").
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from voicehelper.models.openai.client import remote_call
from voicehelper.models.protocols import RERANK_WITHIN_S, Deadline

if TYPE_CHECKING:
    from openai import OpenAI

_BASE_BYTES: Final = 64_000
_BYTES_PER_TEXT: Final = 512  # beside the text itself, which some servers send back


class OpenAIReranker:
    """Implements ``Reranker``; a failure after all attempts is an UpstreamUnavailableError."""

    def __init__(self, client: OpenAI, model: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._model, self._clock = client, model, clock

    def relevance(self, query: str, texts: Sequence[str]) -> list[float]:
        deadline = Deadline(self._clock() + RERANK_WITHIN_S, self._clock)
        sizes = sum(len(text.encode("utf-8", "replace")) for text in texts)
        max_bytes = _BASE_BYTES + _BYTES_PER_TEXT * len(texts) + 6 * sizes  # JSON may escape each character
        return remote_call(lambda: self._scores(query, list(texts)), deadline, model=self._model, max_bytes=max_bytes)

    def _scores(self, query: str, texts: list[str]) -> list[float]:
        body = {"model": self._model, "query": query, "documents": texts, "top_n": len(texts)}
        answer: Any = self._client.post("/rerank", body=body, cast_to=object)
        scores = {int(item["index"]): float(item["relevance_score"]) for item in answer["results"]}
        if sorted(scores) != list(range(len(texts))) or not all(map(math.isfinite, scores.values())):
            raise ValueError("not one score per text")
        return as_shares([scores[number] for number in range(len(texts))])


def as_shares(scores: Sequence[float]) -> list[float]:
    """Scores of 0 … 1 as they are; others are taken for logits."""
    if all(0 <= score <= 1 for score in scores):
        return list(scores)
    return [1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) for score in scores]
