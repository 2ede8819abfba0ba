"""Links between the chunks of ``MemoryIndex`` by their names; ``follow`` is the entry, and ``links`` bounds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from voicehelper.index import links
from voicehelper.index.entities import Entity, mentions
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import Link, LinkRequest

if TYPE_CHECKING:
    from voicehelper.index.memory import Entry

Show = Callable[["Entry"], Passage]
Passes = Callable[["Entry"], bool]


@dataclass(frozen=True, slots=True)
class _Source:
    chunk_id: UUID | None
    terms: Collection[int]
    names: Mapping[str, bool] = field(default_factory=dict)  # whether its own names are titles


@dataclass(frozen=True, slots=True)
class _Named:
    """A chunk and the one of its names that a source has."""

    entry: Entry
    entity: Entity


def follow(entries: Sequence[Entry], request: LinkRequest, *, passes: Passes, show: Show) -> list[Link]:
    """``entries`` are those of the bases, ``passes`` tells which of them the filter lets through."""
    asked = set(request.chunk_ids)
    sources = [_source(entry) for entry in entries if entry.chunk.chunk_id in asked]
    first = _hop(1, [*sources, _Source(None, request.terms.keys())], entries, passes, show)
    reached = {link.passage.chunk_id: link for link in first if link.passage.chunk_id not in asked}
    titled = {link.passage.chunk_id for link in first if link.is_title}
    ranked = sorted(reached.values(), key=lambda link: (link.passage.chunk_id not in titled, -link.passage.bm25))
    beyond = {link.passage.chunk_id for link in ranked[: links.SOURCES]}
    second = _hop(2, [_source(e) for e in entries if e.chunk.chunk_id in beyond], entries, passes, show)
    return [*_bounded(first), *_bounded(second)][: links.MAX_LINKS]


def _source(entry: Entry) -> _Source:
    names = {entity.phrase: entity.is_title for entity in entry.entities}
    return _Source(entry.chunk.chunk_id, entry.weights.keys(), names)


def _bounded(found: Sequence[Link]) -> list[Link]:
    return sorted(found, key=lambda link: (not link.is_title, -link.passage.bm25, link.passage.chunk_id, link.phrase))


def _hop(hop: int, sources: Sequence[_Source], entries: Sequence[Entry], passes: Passes, show: Show) -> list[Link]:
    named = {source.chunk_id: list(_named(source, entries)) for source in sources}
    frequencies = _rare([one for found in named.values() for one in found], entries)
    found: list[Link] = []
    for source, names in named.items():
        by_phrase: defaultdict[str, list[_Named]] = defaultdict(list)
        for one in names:
            if one.entity.phrase in frequencies and passes(one.entry):
                by_phrase[one.entity.phrase].append(one)
        for phrase, bearers in by_phrase.items():
            shown = [(show(one.entry), one.entity.is_title) for one in bearers]
            shown.sort(key=lambda item: (-item[0].bm25, item[0].chunk_id))
            found += [
                Link(source, phrase, is_title, hop, frequencies[phrase], passage)
                for passage, is_title in shown[: links.TARGETS]
            ]
    return found


def _named(source: _Source, entries: Sequence[Entry]) -> Iterator[_Named]:
    for entry in entries:
        for entity in entry.entities if entry.chunk.chunk_id != source.chunk_id else ():
            own_title = source.names.get(entity.phrase)
            is_shared = own_title or (own_title is not None and not entity.is_title)
            if not is_shared and mentions(source.terms, entity):
                yield _Named(entry, entity)


def _rare(named: Sequence[_Named], entries: Sequence[Entry]) -> Mapping[str, int]:
    """{name that may be followed: chunks with its rarest term}."""
    by_phrase: defaultdict[str, list[_Named]] = defaultdict(list)
    for one in named:
        by_phrase[one.entity.phrase].append(one)
    df = Counter(term for entry in entries for term in entry.weights)
    frequencies = {phrase: min(df[term] for term in bearers[0].entity.terms) for phrase, bearers in by_phrase.items()}
    most = max(links.COMMON, links.COMMON_SHARE * len(entries))
    return {
        phrase: frequency
        for phrase, frequency in frequencies.items()
        if frequency <= most and _is_distinctive(by_phrase[phrase])
    }


def _is_distinctive(bearers: Sequence[_Named]) -> bool:
    documents = {one.entry.ref.document_id for one in bearers}
    chunks = {one.entry.chunk.chunk_id for one in bearers}
    is_title = any(one.entity.is_title for one in bearers)
    return len(documents) <= links.MAX_DOCUMENTS and (is_title or len(chunks) <= links.MAX_CHUNKS)
