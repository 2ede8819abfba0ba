"""Stage: classify the question; the classification is part of the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voicehelper.retrieval.classifier import classify
from voicehelper.retrieval.pipeline import Retrieval


@dataclass(frozen=True, slots=True)
class Classify:
    name: str = "query_classifier"
    optional: bool = False

    def __call__(self, state: Retrieval) -> Retrieval:
        return replace(state, classification=classify(state.question.text))
