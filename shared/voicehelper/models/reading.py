"""The reader's seam: what judges passages together with the question, by rules or by a trained model.

``Reader`` is implemented by ``answering.reader.hand_made`` and ``models.offline.cross_encoder``; ``answering`` and
``retrieval`` call it. One judgement serves the choice of the sentence, the order of passages across languages, and the
decision to answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.observability.logs import logger

MAX_WINDOWS: Final = 5
WINDOW_TOKENS: Final = 100  # what a trained reader reads of a window is about so much
_STAMPED_BYTES: Final = 4096


class ReaderUnavailableError(UpstreamUnavailableError):
    """A trained reader is configured and cannot read; the message says why. The hand-made one reads instead."""


@dataclass(frozen=True, slots=True)
class TextWindow:
    """Consecutive sentences, rows and headings of one passage, under its title.

    ``prior`` is the passage's score from the search, 0 … 1, which a reader may leave aside.
    """

    title: str
    sentences: tuple[str, ...]
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class WindowScores:
    """``relevance``, 0 … 1, says how much the window answers the question. ``sentences``, of shape (len of the window's
    sentences,), say it of each sentence: higher is better, and comparable among the windows of one question.
    """

    relevance: float
    sentences: tuple[float, ...]


class Reader(Protocol):
    def score(self, question: str, windows: Sequence[TextWindow]) -> Sequence[WindowScores]:
        """One for each window, in their order; ValueError for more than MAX_WINDOWS.

        A window's scores follow from the question and this window alone. Texts may be empty, and of any length and
        characters: what is beyond the reader's bounds, it does not read, and scores 0.
        """


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Calibrated with a trained reader's weights, and stored with them; of ``WindowScores.relevance``, 0 … 1.

    From ``answers_from`` the best window answers, below ``refuses_below`` none does; between them the hand-made
    decision stands. From ``promotes_from`` a passage in the other language may pass those in the question's own.
    """

    answers_from: float
    refuses_below: float
    promotes_from: float


class TrainedReader(Reader, Protocol):
    """Its ``score`` raises ReaderUnavailableError where the model gives no numbers."""

    @property
    def thresholds(self) -> Thresholds: ...


def require_few(windows: Sequence[TextWindow]) -> None:
    """ValueError for more windows than a reader judges at once."""
    if len(windows) > MAX_WINDOWS:
        raise ValueError(f"a reader judges {MAX_WINDOWS} windows at once, not {len(windows)}")


def weights_stamp(path: str) -> str:
    """Another for other weights, of whose digest their header tells; empty where there are none."""
    try:
        with Path(path).open("rb") as stream:
            return hashlib.sha256(stream.read(_STAMPED_BYTES)).hexdigest()
    except OSError:
        return ""


class LoadedOnce:
    """A reader that is loaded by its first caller. Where that fails, the reason is logged once and raised to each."""

    def __init__(self, load: Callable[[], TrainedReader]) -> None:
        self._load = load
        self._reader: TrainedReader | None = None
        self._reason = ""

    def __call__(self) -> TrainedReader:
        """ReaderUnavailableError where the model cannot be used."""
        if self._reader is None and not self._reason:
            try:
                self._reader = self._load()
            except ReaderUnavailableError as error:
                self._reason = str(error)
                logger().error("the trained reader cannot be used", extra={"reason": self._reason})
        if self._reader is None:
            raise ReaderUnavailableError(self._reason)
        return self._reader
