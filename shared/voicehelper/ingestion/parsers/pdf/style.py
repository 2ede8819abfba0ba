"""What is usual in a PDF document: its body size and weight, its heading sizes, its outline and its vocabulary.

Entry function: ``document_style``, called by ``document`` with all pages; ``headings`` and ``paragraphs`` read it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.words import DIVIDERS, HYPHEN

LETTERS = r"[^\W\d_]+"
_HYPHENATED = re.compile(rf"{LETTERS}(?:-{LETTERS})*")
_EQUAL_SIZE_RATIO = 0.96
_DEFAULT_SIZE, _DEFAULT_WEIGHT = 10.0, 400

Outline = dict[tuple[int, str], int]  # (page from 1, normalized title) → level from 1


@dataclass(frozen=True, slots=True)
class DocumentStyle:
    """Sizes in points, measured on the characters' boxes, which differ slightly between parts of one font: each of
    ``heading_sizes``, largest first, is the smallest of a group of nearly equal ones.
    """

    size: float
    weight: int
    heading_sizes: tuple[float, ...]
    outline: Outline = field(default_factory=dict)
    words: frozenset[str] = frozenset()  # all words in lower case; filled only where lines end in hyphens


def document_style(pages: Sequence[list[Line]], outline: Outline) -> DocumentStyle:
    """The most frequent size and weight by number of characters; ruled tables do not count."""
    sizes: Counter[float] = Counter()
    weights: Counter[int] = Counter()
    words: set[str] = set()
    is_hyphenated = any(HYPHEN in line.text or line.text.endswith(tuple(DIVIDERS)) for lines in pages for line in lines)
    for line in (line for lines in pages for line in lines if not line.table):
        text = line.text
        sizes[round_size(line.size)] += len(text)
        weights[line.weight] += len(text)
        if is_hyphenated:
            words.update(_HYPHENATED.findall(text.lower()))
    size = sizes.most_common(1)[0][0] if sizes else _DEFAULT_SIZE
    weight = weights.most_common(1)[0][0] if weights else _DEFAULT_WEIGHT
    heading_sizes = _distinct_sizes(other for other in sizes if other >= 1.15 * size)
    return DocumentStyle(size, weight, tuple(heading_sizes), outline, frozenset(words))


def _distinct_sizes(sizes: Iterable[float]) -> list[float]:
    """Largest first, the smallest of each group within ``_EQUAL_SIZE_RATIO`` of its largest."""
    groups: list[list[float]] = []
    for size in sorted(sizes, reverse=True):
        if groups and size >= _EQUAL_SIZE_RATIO * groups[-1][0]:
            groups[-1].append(size)
        else:
            groups.append([size])
    return [group[-1] for group in groups]


def round_size(size: float) -> float:
    """To half points."""
    return round(size * 2) / 2


def normalized_title(text: str) -> str:
    """How titles of the outline and lines of a page are compared: lower case, without spaces."""
    return one_line(text).replace(" ", "").lower()
