"""Windows of a text: every two neighbouring sentences, in which the words of a question should stand together."""

from __future__ import annotations

import itertools

from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import terms

Window = tuple[frozenset[str], str]  # its terms, its text


def windows(text: str) -> list[Window]:
    """In order, each sentence with the next one; the last one stands alone."""
    texts = sentences(text) or [""]
    units = [(frozenset(terms(text)), text) for text in texts]
    pairs = itertools.zip_longest(units, units[1:], fillvalue=(frozenset[str](), ""))
    return [(first[0] | second[0], f"{first[1]}\n{second[1]}") for first, second in pairs]


def title_terms(title: str) -> frozenset[str]:
    """Of a document's title and headings, which a chunk has as "title - heading - heading"."""
    return frozenset(terms(title.replace(" - ", "\n")))
