"""What a reader of bounded length reads of a text, around one of its sentences; ``excerpt_around`` is the entry.

``answering.reader.reread`` and ``retrieval.stages.reading_order`` call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_FIRST_WIDE: Final = "\u2e80"  # from here on scripts that need more than a token for two characters
_TOKENS_OF_WIDE: Final = 0.7
_TOKENS_OF_OTHERS: Final = 0.25


def estimated_tokens(text: str) -> float:
    """Of a subword vocabulary of many languages, give or take a third; no vocabulary is needed to know."""
    wide = sum(character >= _FIRST_WIDE for character in text)
    return _TOKENS_OF_WIDE * wide + _TOKENS_OF_OTHERS * (len(text) - wide)


def excerpt_around(sentences: Sequence[str], at: int, max_tokens: float) -> range:
    """Numbers of neighbouring sentences with ``at`` among them: with it alone if it is too long, and else as many after
    and before it, by turns, as fit. IndexError where there is no such sentence.
    """
    first, end, room = at, at + 1, max_tokens - estimated_tokens(sentences[at])
    grows = True
    while grows:
        grows = False
        if end < len(sentences) and (size := estimated_tokens(sentences[end])) <= room:
            end, room, grows = end + 1, room - size, True
        if first > 0 and (size := estimated_tokens(sentences[first - 1])) <= room:
            first, room, grows = first - 1, room - size, True
    return range(first, end)
