"""The best units once more, by a trained reader that reads question and text together; ``reread`` is the entry.

``compose`` calls it where a trained reader is configured. The hand-made order finds the windows, the trained reader
orders the units in them and, by the thresholds that came with its weights, decides whether there is an answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.answering.evidence import THRESHOLD
from voicehelper.answering.reader.units import Unit, with_scores
from voicehelper.index.passage import Passage
from voicehelper.models.reading import MAX_WINDOWS, WINDOW_TOKENS, TextWindow, Thresholds, TrainedReader
from voicehelper.text.excerpts import excerpt_around

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
    unranked: Collection[int] = (),
) -> Reread | None:
    """``units`` come best first; None where there is none to read. Raises as the reader does.

    ``unranked`` are passages whose units the order says nothing about, as words do in another language: a window of
    each is read, of two at most.
    """
    windows = _windows(units, unranked)
    if not windows:
        return None
    texts = [TextWindow(passages[own[0].passage].title, tuple(unit.text for unit in own)) for own in windows]
    judged = reader.score(question, texts)
    scores: dict[tuple[int, int], float] = {}
    for own, window in zip(windows, judged, strict=True):
        for unit, score in zip(own, window.sentences, strict=True):
            scores[_place(unit)] = max(score, scores.get(_place(unit), 0.0))
    ranked = [scores.get(_place(unit), _UNREAD - rank) for rank, unit in enumerate(units)]
    return Reread(with_scores(units, ranked), max(window.relevance for window in judged))


def decided(confidence: float, relevance: float, thresholds: Thresholds) -> float:
    """The confidence of the hand-made decision, moved to the other side of its threshold where the reader is sure."""
    if relevance >= thresholds.answers_from:
        return max(confidence, THRESHOLD, relevance)
    if relevance < thresholds.refuses_below:
        return min(confidence, _JUST_BELOW, relevance)
    return confidence


def _windows(units: Sequence[Unit], unranked: Collection[int]) -> list[list[Unit]]:
    """At most MAX_WINDOWS, around the best units that are in none yet; headings are in a window's title."""
    windows: list[list[Unit]] = []
    read: set[tuple[int, int]] = set()
    places = list(_in_their_passages(units))
    first: dict[int, tuple[list[Unit], int]] = {}
    for own, at in places:
        if own[at].passage in unranked:
            first.setdefault(own[at].passage, (own, at))
    for own, at in [*itertools.islice(first.values(), _UNRANKED_WINDOWS), *places]:
        if _place(own[at]) in read:
            continue
        texts = [unit.text for unit in own]
        windows.append([own[number] for number in excerpt_around(texts, at, WINDOW_TOKENS)])
        read |= {_place(unit) for unit in windows[-1]}
        if len(windows) == MAX_WINDOWS:
            break
    return windows


def _in_their_passages(units: Sequence[Unit]) -> Iterator[tuple[list[Unit], int]]:
    """Each unit that is no heading, best first: (its passage's units in text order, its number among them)."""
    passages: dict[int, list[Unit]] = {}
    for unit in sorted(units, key=_place):
        if not unit.is_heading:
            passages.setdefault(unit.passage, []).append(unit)
    numbers = {_place(unit): number for own in passages.values() for number, unit in enumerate(own)}
    return ((passages[unit.passage], numbers[_place(unit)]) for unit in units if not unit.is_heading)


def _place(unit: Unit) -> tuple[int, int]:
    return unit.passage, unit.position
