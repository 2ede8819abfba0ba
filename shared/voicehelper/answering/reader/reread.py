"""The best units once more, by a trained reader that reads question and text together; ``reread`` is the entry.

``compose`` calls it where a trained reader is configured. The hand-made order finds the windows, the trained reader
orders the units in them and, by the thresholds that came with its weights, decides whether there is an answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.evidence import THRESHOLD
from voicehelper.answering.reader.units import Unit, with_scores
from voicehelper.index.passage import Passage
from voicehelper.models.reading import MAX_WINDOWS, WINDOW_TOKENS, TextWindow, Thresholds, TrainedReader
from voicehelper.text.excerpts import excerpt_around

_Place = tuple[int, int]  # (passage, position)
_UNREAD: Final = -1.0  # below every unit that was read
_UNRANKED_WINDOWS: Final = 2
_JUST_BELOW: Final = 0.99 * THRESHOLD


@dataclass(frozen=True, slots=True)
class Reread:
    """``units`` are all of them, those that were read first; ``relevance`` is that of the best window, 0 … 1."""

    units: Sequence[Unit]
    relevance: float


def reread(
    question: str,
    units: Sequence[Unit],
    passages: Sequence[Passage],
    reader: TrainedReader,
    *,
    beside: Sequence[Unit] = (),
    unranked: Collection[int] = (),
) -> Reread | None:
    """``units`` come best first; None where there is none to read. Raises as the reader does.

    ``beside`` are units that only complete the text around the others. ``unranked`` are passages whose units the order
    says nothing about, as words do in another language: a window of each is read, of two at most.
    """
    windows = _windows(units, _in_text_order([*units, *beside]), unranked)
    if not windows:
        return None
    texts = [TextWindow(passages[own[0].passage].title, tuple(unit.text for unit in own)) for own in windows]
    judged = reader.score(question, texts)
    scores: dict[_Place, float] = {}
    for own, window in zip(windows, judged, strict=True):
        for unit, score in zip(own, window.sentences, strict=True):
            scores[_place(unit)] = max(score, scores.get(_place(unit), 0.0))
    ranked = {_place(unit): unit for unit in [*units, *(unit for own in windows for unit in own)]}
    judgements = [scores.get(place, _UNREAD - rank) for rank, place in enumerate(ranked)]
    return Reread(with_scores(list(ranked.values()), judgements), max(window.relevance for window in judged))


def decided(confidence: float, relevance: float, thresholds: Thresholds) -> float:
    """The confidence of the hand-made decision, moved to the other side of its threshold where the reader is sure."""
    if relevance >= thresholds.answers_from:
        return max(confidence, THRESHOLD, relevance)
    if relevance < thresholds.refuses_below:
        return min(confidence, _JUST_BELOW, relevance)
    return confidence


def _windows(
    units: Sequence[Unit], texts: Mapping[int, Sequence[Unit]], unranked: Collection[int]
) -> list[Sequence[Unit]]:
    """At most MAX_WINDOWS, around the best units that are in none yet; headings are in a window's title."""
    windows: list[Sequence[Unit]] = []
    read: set[_Place] = set()
    for unit in _worth_reading(units, unranked):
        if _place(unit) in read:
            continue
        own = texts[unit.passage]
        at = [other.position for other in own].index(unit.position)
        span = excerpt_around([other.text for other in own], at, WINDOW_TOKENS)
        windows.append(own[span.start : span.stop])
        read |= set(map(_place, windows[-1]))
        if len(windows) == MAX_WINDOWS:
            break
    return windows


def _worth_reading(units: Sequence[Unit], unranked: Collection[int]) -> Iterator[Unit]:
    """Those that are no headings, best first, after the best ones of passages that their order says nothing about."""
    sentences = [unit for unit in units if not unit.is_heading]
    first: dict[int, Unit] = {}
    for unit in sentences:
        if unit.passage in unranked:
            first.setdefault(unit.passage, unit)
    return itertools.chain(itertools.islice(first.values(), _UNRANKED_WINDOWS), sentences)


def _in_text_order(units: Sequence[Unit]) -> dict[int, list[Unit]]:
    """The sentences and rows of each passage, each once."""
    texts: dict[int, list[Unit]] = {}
    for _, unit in sorted({_place(unit): unit for unit in units}.items()):
        if not unit.is_heading:
            texts.setdefault(unit.passage, []).append(unit)
    return texts


def _place(unit: Unit) -> _Place:
    return unit.passage, unit.position
