"""What a trained reader reads of a question and a window, as tokens; ``reader_input`` is the entry.

``cross_encoder`` calls it, and whoever trains weights: an input is ``<s> question </s> title sentences </s>`` in the
built-in embedding's tokens, each sentence by itself. Imports nothing, so that training needs no more of the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

QUESTION_TOKENS: Final = 40
TITLE_TOKENS: Final = 16
_LONGEST_PIECE: Final = 16  # characters of the vocabulary's; a text is cut before its tokens are made


class Tokens(Protocol):
    """``first`` and ``last`` are the numbers of ``<s>`` and ``</s>``, which ``tokens`` does not add."""

    first: int
    last: int

    def tokens(self, text: str) -> list[int]: ...


class ReaderInput(NamedTuple):
    """``question_end`` is where the second part begins; ``spans`` are the sentences', empty where none is read."""

    tokens: list[int]
    question_end: int
    spans: list[slice]


def reader_input(
    vocabulary: Tokens, max_tokens: int, question: str, title: str, sentences: Sequence[str]
) -> ReaderInput | None:
    """At most ``max_tokens`` tokens; None where the question or the window has none."""
    asked = _tokens(vocabulary, question, QUESTION_TOKENS)
    tokens = [vocabulary.first, *asked, vocabulary.last]
    question_end = len(tokens)
    tokens += _tokens(vocabulary, title, TITLE_TOKENS)
    spans = []
    for sentence in sentences:
        own = _tokens(vocabulary, sentence, max_tokens - 1 - len(tokens))
        spans.append(slice(len(tokens), len(tokens) + len(own)) if own else slice(0, 0))
        tokens += own
    if not asked or len(tokens) == question_end:
        return None
    return ReaderInput([*tokens, vocabulary.last], question_end, spans)


def _tokens(vocabulary: Tokens, text: str, most: int) -> list[int]:
    """At most ``most``; a text of spaces has none."""
    cut = text.strip()[: most * _LONGEST_PIECE] if most > 0 else ""
    return vocabulary.tokens(cut)[:most] if cut else []
