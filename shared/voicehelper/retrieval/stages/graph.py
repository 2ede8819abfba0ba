"""Stage: follow the names in the question and in the first passages to the passages that have these names."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from voicehelper.index.bm25 import query_counts
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import ChunkIndex, Link, LinkRequest
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.phrases import has_phrase, phrase

NAME: Final = "graph_retrieval"
SEEDS: Final = 5  # passages whose names are followed
# These, and as many whose title the question names, stay first; then linked passages and others take turns. A name that
# is no title may be a word of the language: where the best passage is linked by such a one, another goes before it.
KEPT: Final = 2
LINKED: Final = 5
# Fitted on questions of two and four hops; with the least strength, other questions find what they found before.
_EACH_HOP: Final = 0.85
_PER_FREQUENCY: Final = 0.1
_PER_FREQUENCY_OF_OTHERS: Final = 0.7
_LIKENESS: Final = 0.3
_LEAST_STRENGTH: Final = (0.35, 0.2)  # after one hop, and after two


@dataclass(frozen=True, slots=True)
class _Reached:
    """``strength`` of the best path to a passage, 0 … 1; ``by`` is the passage before it, None for the question."""

    passage: Passage
    strength: float
    by: UUID | None
    by_title: bool
    hop: int


@dataclass(frozen=True, slots=True)
class GraphRetrieval:
    """One statement more. What it reaches is added or raised; nothing that was found leaves."""

    index: ChunkIndex
    kb_ids: Sequence[UUID]
    by_vector: bool = True
    name: str = NAME
    optional: bool = True

    def __call__(self, state: Retrieval) -> Retrieval:
        links = confirmed(state, self.index.links(self._request(state)))
        reached = walk(state.passages[:SEEDS], links)
        ordered = merge(state.passages, _named(links), _best(state.passages, reached))
        if [p.chunk_id for p in ordered] == [p.chunk_id for p in state.passages]:
            return state.skip("no name leads to another passage")
        return replace(state, passages=tuple(ordered), paths=_paths(state.passages, reached))

    def _request(self, state: Retrieval) -> LinkRequest:
        counts = query_counts(state.queries[0])
        return LinkRequest(
            kb_ids=self.kb_ids,
            chunk_ids=[passage.chunk_id for passage in state.passages[:SEEDS]],
            terms={term: times * state.idf.get(term, 0.0) for term, times in counts.items()},
            vector=state.vector if self.by_vector else None,
            metadata=state.question.metadata,
        )


def confirmed(state: Retrieval, links: Sequence[Link]) -> list[Link]:
    """Links whose source has the name's words side by side, and not only as a part of a longer name.

    From the question they lead to titles alone: its other words have been searched for.
    """
    known = {passage.chunk_id: passage for passage in (*state.passages, *(link.passage for link in links))}
    texts = {source: phrase(known[source].text) for source in {link.source for link in links} if source in known}
    asked = phrase(state.asked)
    present = [link for link in links if has_phrase(texts.get(link.source, "") if link.source else asked, link.phrase)]
    names: defaultdict[UUID | None, set[str]] = defaultdict(set)
    for link in present:
        names[link.source].add(link.phrase)
    useful = [link for link in present if link.source or link.is_title]
    return [link for link in useful if not _is_part(link.phrase, names[link.source])]


def _is_part(name: str, others: Iterable[str]) -> bool:
    return any(name != other and has_phrase(other, name) for other in others)


def _named(links: Iterable[Link]) -> dict[UUID, Passage]:
    """Passages whose title is in the question."""
    return {link.passage.chunk_id: link.passage for link in links if link.source is None and link.is_title}


def walk(seeds: Sequence[Passage], links: Sequence[Link]) -> dict[UUID, _Reached]:
    """The best path to each passage: from the question, from a seed, and from what these lead to."""
    named = _named(links)
    strengths: dict[UUID | None, float] = {passage.chunk_id: passage.score for passage in seeds}
    strengths[None] = 1.0
    strengths.update(dict.fromkeys(named, 1.0))
    reached: dict[UUID, _Reached] = {}
    for hop in (1, 2):
        for link in sorted((link for link in links if link.hop == hop), key=lambda link: link.source is not None):
            strength = strengths.get(link.source, 0.0) * _weight(link)
            if strength > (best.strength if (best := reached.get(link.passage.chunk_id)) else 0.0):
                reached[link.passage.chunk_id] = _Reached(link.passage, strength, link.source, link.is_title, hop)
        strengths = {**{key: one.strength for key, one in reached.items()}, **strengths}
    return reached


def _weight(link: Link) -> float:
    per_frequency = _PER_FREQUENCY if link.is_title else _PER_FREQUENCY_OF_OTHERS
    return _EACH_HOP / (1 + per_frequency * math.log(max(1, link.frequency)))


def _best(passages: Sequence[Passage], reached: Mapping[UUID, _Reached]) -> list[_Reached]:
    """Strongest first, with regard to their likeness to the question."""
    own = {passage.chunk_id: passage.score for passage in passages}
    likeness = _likeness([one.passage for one in reached.values()])

    def value(one: _Reached) -> float:
        return one.strength * (1 - _LIKENESS + _LIKENESS * likeness[one.passage.chunk_id])

    strong = [one for one in reached.values() if value(one) >= _LEAST_STRENGTH[one.hop - 1]]
    key = {one.passage.chunk_id: value(one) + _LIKENESS * own.get(one.passage.chunk_id, 0.0) for one in strong}
    return sorted(strong, key=lambda one: (-key[one.passage.chunk_id], one.passage.chunk_id))


def _likeness(passages: Sequence[Passage]) -> dict[UUID, float]:
    """0 … 1 by the vectors, or by the words where there are none."""
    has_vectors = any(passage.similarity is not None for passage in passages)
    raw = {p.chunk_id: (p.similarity or 0.0) if has_vectors else p.bm25 for p in passages}
    low, high = min(raw.values(), default=0.0), max(raw.values(), default=0.0)
    return {key: (value - low) / (high - low) if high > low else 1.0 for key, value in raw.items()}


def merge(passages: Sequence[Passage], named: Mapping[UUID, Passage], linked: Sequence[_Reached]) -> list[Passage]:
    """The first passages and those the question names, then linked ones and others in turns, with falling scores."""
    found = {passage.chunk_id: passage for passage in passages}
    first = [*passages[:KEPT], *[p for p in passages[KEPT:] if p.chunk_id in named][:KEPT]]
    kept = {passage.chunk_id for passage in first}
    chosen = [one for one in linked if one.passage.chunk_id not in kept][:LINKED]
    if not chosen:
        return list(passages)
    raised = [replace(found.get(one.passage.chunk_id, one.passage), score=one.strength) for one in chosen]
    taken = kept | {passage.chunk_id for passage in raised}
    others = [passage for passage in passages if passage.chunk_id not in taken]
    if not chosen[0].by_title:
        first, others, raised = [*first, *others[:1], raised[0]], others[1:], raised[1:]
    turns = [passage for pair in zip(raised, others, strict=False) for passage in pair]
    both = len(turns) // 2
    return _falling([*first, *turns, *raised[both:], *others[both:]])


def _falling(passages: Sequence[Passage]) -> list[Passage]:
    """In the same order, with scores raised so that none is below the next one's."""
    scores = itertools.accumulate((passage.score for passage in reversed(passages)), max)
    return [replace(passage, score=score) for passage, score in zip(reversed(passages), scores, strict=True)][::-1]


def _paths(passages: Sequence[Passage], reached: Mapping[UUID, _Reached]) -> dict[UUID, tuple[str, ...]]:
    titles = {passage.chunk_id: passage.title for passage in passages}
    titles |= {key: one.passage.title for key, one in reached.items()}
    return {key: _path(key, titles, reached) for key in reached}


def _path(key: UUID, titles: Mapping[UUID, str], reached: Mapping[UUID, _Reached]) -> tuple[str, ...]:
    keys = [key]
    while (one := reached.get(keys[0])) and one.by and one.by not in keys:
        keys.insert(0, one.by)
    return tuple(titles[each] for each in keys)
