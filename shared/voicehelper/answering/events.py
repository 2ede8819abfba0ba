"""The events of an answer: ``Delta`` for each piece of its text, then one ``Answered``.

``service.answer_question`` yields them; ``final_answer`` serves callers that do not stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from voicehelper.index.passage import Passage
from voicehelper.retrieval.classifier import Classification
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.retrieval.trace import Trace

Status = Literal["answered", "refused", "unavailable"]
# What an answer may have been made without: the chat model (the built-in reader answers), the question's vector (only
# words are searched), the search engine (the database is searched), the model that orders passages (the order of the
# search stays), and paraphrases of a hard question.
Missing = Literal["chat_model", "embedding_model", "search_engine", "rerank_model", "query_expansion"]


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer; all pieces together are its text."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and cost of an answer, and the model that wrote it; ``completion_tokens`` of the tokens are its words."""

    model: str
    tokens: int = 0
    cost_usd: float = 0.0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """How an answer was held to the passages: the sentences removed, and whether a model was asked a second time."""

    seconds: float
    removed: int = 0
    asked_again: bool = False

    @property
    def corrected(self) -> bool:
        return self.asked_again or self.removed > 0


@dataclass(frozen=True, slots=True)
class Composed:
    """The answer of a reader or a model, before its sources are selected.

    ``citations`` are indices into the passages, in the order of their marks [1], [2] … in ``text``. ``degraded`` names
    what was away and was done without. ``computed`` is a line of ``text`` that was counted, not quoted.
    """

    text: str
    citations: Sequence[int]
    refused: bool
    confidence: float
    usage: Usage
    degraded: tuple[Missing, ...] = ()
    computed: str = ""
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class SourcePassage:
    """A passage as a source: ``quote`` is its sentence that the answer, or else the question, is nearest to."""

    passage: Passage
    filename: str
    quote: str
    is_cited: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """``sources`` are the cited passages in the order of their marks, then the best others; empty for a refusal, which
    has the nearest passages as ``closest``. ``confidence`` is 0 … 1. ``trace`` includes the answering itself.
    """

    text: str
    sources: Sequence[SourcePassage]
    classification: Classification
    usage: Usage
    trace: Trace
    total_s: float
    status: Status = "answered"
    confidence: float = 1.0
    closest: Sequence[SourcePassage] = ()
    degraded: tuple[Missing, ...] = ()
    check: Check | None = None


class Compose(Protocol):
    """Retrieved passages → an answer or a refusal: deltas, then one ``Composed``."""

    def __call__(self, retrieval: Retrieval) -> Iterator[Delta | Composed]: ...


def whole(composed: Composed) -> Iterator[Delta | Composed]:
    """The events of an answer that is not streamed."""
    yield Delta(composed.text)
    yield composed


def final_answer(events: Iterable[Delta | Answered]) -> Answered:
    """The last event, for callers that do not stream."""
    (answered,) = (event for event in events if isinstance(event, Answered))
    return answered
