"""``Entity``: a name by which other texts may mention a chunk. What a chunk mentions is among its terms already.

A mention is a name all of whose terms a chunk has, so a link needs no row of its own: it is there as soon as both ends
are, in whatever order they came, and it ends with either. ``chunk_entities`` is the entry of every index.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.index.chunk import Chunk
from voicehelper.text.names import explained_names, title_names
from voicehelper.text.phrases import phrase
from voicehelper.text.tokenization import is_ideographic, normalize, term_id, word_terms

MAX_ENTITIES: Final = 32  # of one chunk
_MAX_TERMS: Final = 40
_PRONOUN_TEXT: Final = """
    he she they who this that these those there here what which where when how however each thus nearby despite
    我们 他们 她们 它们 你们 我 你 他 她 它 该 本 其 此 这 那 这些 那些 如果 因此 但是 同时 其中 所有 任何
"""
_PRONOUNS: Final = frozenset(map(phrase, _PRONOUN_TEXT.split()))


@dataclass(frozen=True, slots=True)
class Entity:
    """``phrase`` is the name as a phrase, ``terms`` its term ids, ``key`` one of them: few texts have it.

    ``is_title``: of the whole document, so that many of its chunks may have it.
    """

    phrase: str
    key: int
    terms: Sequence[int]
    is_title: bool


def chunk_entities(chunks: Sequence[Chunk]) -> list[list[Entity]]:
    """The names of each chunk, in the order of the chunks."""
    return [_entities(chunk) for chunk in chunks]


def _entities(chunk: Chunk) -> list[Entity]:
    titles = title_names(document_title(chunk))
    headings = title_names(chunk.heading_path[-1]) if chunk.heading_path else []
    named = [(name, True) for name in titles] + [(name, False) for name in (*headings, *explained_names(chunk.text))]
    entities: dict[str, Entity] = {}
    for name, is_title in named:
        entity = _entity(name, is_title=is_title)
        if entity and len(entities) < MAX_ENTITIES:
            entities.setdefault(entity.phrase, entity)
    return list(entities.values())


def document_title(chunk: Chunk) -> str:
    """The chunk's title without its headings."""
    for path in (chunk.heading_path, chunk.heading_path[1:]):
        headings = "".join(f" - {heading}" for heading in path)
        if headings and chunk.title.endswith(headings):
            return chunk.title.removesuffix(headings)
    return chunk.title


def _entity(name: str, *, is_title: bool) -> Entity | None:
    """None for what no text would be recognized by: pronouns, single letters, numbers of few digits."""
    words = word_terms(normalize(name))
    own = phrase(name)
    if not words or own in _PRONOUNS or not _is_telling(own) or len(words) > _MAX_TERMS:
        return None
    key = max(words, key=_rarity)
    return Entity(own, term_id(key), sorted(set(map(term_id, words))), is_title)


def _is_telling(own: str) -> bool:
    letters = own.replace(" ", "")
    return len(letters) >= (5 if letters.isdecimal() else 2 if is_ideographic(letters) else 3)


def _rarity(word: str) -> tuple[int, int]:
    """Longer words are rarer; the id decides among the pairs of characters, so that a common beginning does not."""
    return len(word), term_id(word)


def mentions(terms: Collection[int], entity: Entity) -> bool:
    return all(term in terms for term in entity.terms)
