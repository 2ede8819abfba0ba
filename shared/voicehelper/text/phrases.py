"""Phrases as sequences of index terms, in which a name is found however it is written.

``phrase`` is the entry; ingestion makes names by it, and retrieval looks for them in texts.
"""

from __future__ import annotations

from voicehelper.text.tokenization import is_ideographic, normalize, word_terms


def phrase(text: str) -> str:
    """The text's words in order, stemmed and without stop words; Chinese characters singly. Spaces stand between."""
    return " ".join(term for term in word_terms(normalize(text)) if len(term) == 1 or not is_ideographic(term))


def has_phrase(text: str, name: str) -> bool:
    """Whether the words of ``name`` stand in ``text`` side by side; both are phrases."""
    return f" {name} " in f" {text} "
