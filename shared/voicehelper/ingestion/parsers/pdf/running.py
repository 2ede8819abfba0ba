"""Running headers, footers and page numbers: lines that repeat at one height of many pages, or count with them.

Entry function: ``without_running_lines``, called by ``document`` with all pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from voicehelper.ingestion.parsers.pdf.lines import Line

_MARGIN = 0.14  # share of the page's height, at the top and at the bottom
_MARGIN_LINES = 3
_MAX_NUMBERS = 4  # of a line that are compared with the page
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?i)[\s\-–—|/·.]{0,40}+(第|page|p\.?|pg\.?|seite)?\s{0,40}+(\d{1,4}|[ivxlc]{1,7})\s{0,40}+(页|of|/|共|之)?"
    r"[\s,，]{0,40}+(第|共)?\s{0,40}+\d{0,4}\s{0,40}+页?[\s\-–—|/·.]{0,40}+"
)

Key = tuple[str, int]  # text without spaces, height in steps of four points


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What repeats in the margins of a document."""

    pages_by_key: Counter[Key]
    counting_texts: set[str]  # numbers masked
    min_pages: int
    max_size: float

    def is_running(self, line: Line) -> bool:
        if line.size > self.max_size:
            return False
        repeats = self.pages_by_key[_key(line)] >= self.min_pages
        return repeats or _masked(line.text) in self.counting_texts or _is_bare_number(line)


def without_running_lines(pages: Sequence[list[Line]], heights: Sequence[float], body_size: float) -> list[list[Line]]:
    """The same pages without them. Tables stay, and so do lines larger than the text: they are titles of pages."""
    margins = [_margin_lines(lines, height) for lines, height in zip(pages, heights, strict=True)]
    patterns = _Patterns(
        pages_by_key=Counter(key for lines in margins for key in {_key(line) for line in lines}),
        counting_texts=_counting_texts(margins),
        min_pages=max(3, min(len(pages) // 5, 10)),
        max_size=1.3 * body_size,
    )
    if len(pages) == 2:
        return _without_second_head(pages, margins, patterns)
    return [
        [line for line in lines if not (any(line is other for other in margin) and patterns.is_running(line))]
        for lines, margin in zip(pages, margins, strict=True)
    ]


def _without_second_head(
    pages: Sequence[list[Line]], margins: Sequence[list[Line]], patterns: _Patterns
) -> list[list[Line]]:
    """Of two pages, the first keeps the lines that both have: a sentence goes on below them, and nothing is lost."""
    first, second = (
        [line for line in lines if not any(line is other for other in margin) or not patterns.is_running(line)]
        for lines, margin in zip(pages, margins, strict=True)
    )
    keys = {_key(line) for line in margins[0] if line.size <= patterns.max_size and _stands_apart(line, pages[0])}
    repeated = [line for line in margins[1] if _key(line) in keys and _stands_apart(line, pages[1])]
    return [first, [line for line in second if not any(line is other for other in repeated)]]


def _stands_apart(line: Line, lines: Sequence[Line]) -> bool:
    """Whether there is space between the line and all others above and below it."""
    room = 0.8 * line.size
    return all(other is line or other.bottom < line.top - room or other.top > line.bottom + room for other in lines)


def _margin_lines(lines: list[Line], height: float) -> list[Line]:
    """The outermost lines of the page, within its upper and lower margin."""
    text = sorted((line for line in lines if not line.table), key=lambda line: line.top)
    upper = [line for line in text[:_MARGIN_LINES] if line.bottom < _MARGIN * height]
    lower = [line for line in text[-_MARGIN_LINES:] if line.top > (1 - _MARGIN) * height]
    return upper + lower


def _counting_texts(margins: Sequence[list[Line]]) -> set[str]:
    """Masked texts of the lines in which a number goes up with the page."""
    numbers: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(margins):
        for line in lines:
            for number in _NUMBER.findall(line.text)[:_MAX_NUMBERS]:
                numbers[_masked(line.text)].append((page, int(number[:9])))
    return {text for text, numbered_pages in numbers.items() if _counts_pages(numbered_pages)}


def _counts_pages(numbered_pages: list[tuple[int, int]]) -> bool:
    """Whether number minus page is the same on most of the pages where the line stands, at least three."""
    pages = {page for page, _ in numbered_pages}
    if len(pages) < 3:
        return False
    agreeing = Counter(number - page for page, number in numbered_pages).most_common(1)[0][1]
    return agreeing >= 3 and agreeing >= 0.6 * len(pages)


def _key(line: Line) -> Key:
    return "".join(line.text.split()), round(line.top / 4)


def _masked(text: str) -> str:
    return _NUMBER.sub("#", "".join(text.split()))


def _is_bare_number(line: Line) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text) is not None
