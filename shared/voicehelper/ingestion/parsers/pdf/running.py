"""Headers, footers and page numbers: what repeats at the same height of many pages, or counts with them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from voicehelper.ingestion.parsers.pdf.order import Line

_ZONE = 0.14  # share of the page's height, above and below
_ROWS = 3
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?i)[\s\-–—|/·.]*(第|page|p\.?|pg\.?|seite)?\s*(\d{1,4}|[ivxlc]{1,7})\s*(页|of|/|共|之)?[\s,，]*(第|共)?\s*\d{0,4}\s*页?[\s\-–—|/·.]*"
)

Key = tuple[str, int]


def without_running_lines(pages: Sequence[list[Line]], heights: Sequence[float], body_size: float) -> list[list[Line]]:
    """The same pages without them. Tables and lines larger than the text stay: those are titles of pages."""
    edges = [_edge_lines(lines, height) for lines, height in zip(pages, heights, strict=True)]
    seen: Counter[Key] = Counter(key for lines in edges for key in {_key(line) for line in lines})
    numbers: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(edges):
        for line in lines:
            for number in _NUMBER.findall(line.text)[:4]:
                numbers[_masked(line.text)].append((page, int(number[:9])))
    counting = {text for text, found in numbers.items() if _counts(found)}
    enough = max(3, min(len(pages) // 5, 10))

    def runs(line: Line) -> bool:
        if line.size > 1.3 * body_size:
            return False
        return seen[_key(line)] >= enough or _masked(line.text) in counting or _is_bare_number(line)

    return [
        [line for line in lines if not (any(line is other for other in marked) and runs(line))]
        for lines, marked in zip(pages, edges, strict=True)
    ]


def _edge_lines(lines: list[Line], height: float) -> list[Line]:
    """The outermost lines of the page, within its upper and lower margin."""
    text = sorted((line for line in lines if not line.table), key=lambda line: line.top)
    above = [line for line in text[:_ROWS] if line.bottom < _ZONE * height]
    below = [line for line in text[-_ROWS:] if line.top > (1 - _ZONE) * height]
    return above + below


def _key(line: Line) -> Key:
    return "".join(line.text.split()), round(line.top / 4)


def _masked(text: str) -> str:
    return _NUMBER.sub("#", "".join(text.split()))


def _counts(found: list[tuple[int, int]]) -> bool:
    """A number that goes up with the page, on most of the pages where the line stands."""
    if len({page for page, _ in found}) < 3:
        return False
    pages = Counter(number - page for page, number in found).most_common(1)[0][1]
    return pages >= 3 and pages >= 0.6 * len({page for page, _ in found})


def _is_bare_number(line: Line) -> bool:
    return _PAGE_NUMBER.fullmatch(line.text) is not None
