"""Tables of contents, which lead to other pages and answer nothing; price lists and forms with leaders are none.

Entry function: ``without_contents``, called by ``document`` with all pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.style import normalized_title

_LEADERS = re.compile(r"\.\s?(?:\.\s?){3,}|……|····|______")
_MIN_ENTRIES = 4  # of a page
_PAGE = re.compile(r"\W{0,9}(?:[A-Z][-.])?(?:(\d{1,4})|[ivxlc]{1,7})\W{0,9}", re.IGNORECASE)
_TITLE = re.compile(
    "(?:tableof)?contents|inhalt(?:sverzeichnis)?|sommaire|tabledesmatières|índice|indice|目[录錄次]|차례|목차"
)
_NUMBERING = re.compile(r"[\d.\s]{0,20}")
_MIN_LONG_DOCUMENT, _BEYOND_LAST_PAGE = 8, 30


def without_contents(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The same pages without the entries of a table of contents: labels, leaders and page numbers that go up."""
    with_leaders = [[line for line in lines if _LEADERS.search(line.text)] for lines in pages]
    if not any(len(lines) >= _MIN_ENTRIES for lines in with_leaders):  # most documents
        return list(pages)
    titles = [_titles(lines, left_out) for lines, left_out in zip(pages, with_leaders, strict=True)]
    everywhere = set().union(*titles)
    kept: list[list[Line]] = []
    follows_contents = False
    for lines, leading, own in zip(pages, with_leaders, titles, strict=True):
        entries = [line for line in leading if not line.table]
        follows_contents = (
            len(entries) >= _MIN_ENTRIES
            and _counts_up(entries)
            and (
                follows_contents
                or any(_TITLE.fullmatch(title) for title in own)
                or _leads_to_titles(entries, everywhere)
                or _fits_length(entries, len(pages))
            )
        )
        kept.append(_without(lines, entries) if follows_contents else lines)
    return kept


def _titles(lines: Sequence[Line], with_leaders: Sequence[Line]) -> set[str]:
    return {normalized_title(line.text) for line in _without(lines, with_leaders)}


def _without(lines: Sequence[Line], left_out: Sequence[Line]) -> list[Line]:
    identities = set(map(id, left_out))
    return [line for line in lines if id(line) not in identities]


def _page_numbers(entries: Sequence[Line]) -> list[int]:
    matches = [_PAGE.fullmatch(_LEADERS.split(line.text)[-1]) for line in entries]
    return [int(match[1] or 0) for match in matches if match]


def _counts_up(entries: Sequence[Line]) -> bool:
    numbers = _page_numbers(entries)
    steps = list(pairwise(number for number in numbers if number))
    return len(numbers) >= 0.6 * len(entries) and sum(a <= b for a, b in steps) >= 0.8 * len(steps)


def _leads_to_titles(entries: Sequence[Line], titles: set[str]) -> bool:
    labels = [_LEADERS.split(line.text)[0] for line in entries]
    spellings = [{normalized_title(label), normalized_title(_NUMBERING.sub("", label, 1))} for label in labels]
    return sum(not titles.isdisjoint(spelling) for spelling in spellings) >= 0.3 * len(entries)


def _fits_length(entries: Sequence[Line], pages: int) -> bool:
    return pages >= _MIN_LONG_DOCUMENT and max(_page_numbers(entries), default=0) <= pages + _BEYOND_LAST_PAGE
