"""Sentences that go on after a break: on the next page, behind footnotes and running heads, or in the next column.

Entry functions: ``page_parts`` and ``with_rest_of_sentence``, called by ``blocks``; ``goes_on_in_column``, called by
``paragraphs``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from voicehelper.ingestion.parsed_document import Block
from voicehelper.ingestion.parsers.common.cleaning import is_unspaced
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.style import DocumentStyle
from voicehelper.ingestion.parsers.pdf.words import DIVIDERS

_SMALL = 0.93  # of the body's size
_NOTE = re.compile(r"(?:\d{1,3}|[*†‡§¹²³⁴-⁹]{1,3}|\[\d{1,3}\]|\(\d{1,3}\)|[①-⑳]|注\s?\d{0,3}[:：])[\s\w\"“]")
_GOES_ON = f",，、%‰°€$£¥&/–—*{DIVIDERS}"  # besides letters and digits; what ends otherwise is a sentence or code
_CURRENCY = re.compile(r"\b[A-Z]{3}$")
_CLOSING = "\"'”’」』）)]》"
_REST = re.compile(r"^(?:[^.!?。！？；;\n]|[.!?](?!\s|$)){0,900}(?:[.!?。！？；;]+[\"'”’」』）)\]]*|\n|$)\s*")
# Words after which no sentence ends, in the languages most documents are in.
_OPEN_WORDS = frozenset(
    re.findall(
        r"[^ ]+",
        "a an and as at be but by for from has have in into is may must no not of on or shall than that the their this "
        "to under was were which will with without amounts per between until about within after before during every "
        "each least most over only than when where who whose if such "
        "aber am an auf aus bei bis das dem den der des die durch ein eine einem einen einer für im in ist mit nach "
        "nicht oder sind und unter vom von vor wird zu zum zur über "
        "au aux avec ce cette dans de des du en est et la le les ou par pour que qui sur un une "
        "al con del el es las los o para por se sin su una y",
    )
)


@dataclass(frozen=True, slots=True)
class PageParts:
    """Lines of a page: a running head that nothing else gave away, the text, and the footnotes below it."""

    head: list[Line]
    body: list[Line]
    notes: list[Line]


def page_parts(pages: Sequence[Sequence[Line]], style: DocumentStyle) -> list[PageParts]:
    """Head and notes are set apart only where a sentence of the text goes on behind them."""
    ordered = [_with_notes_below_columns(lines, style) for lines in pages]
    starts = [_body_start(lines, style) for lines in ordered]
    ends = [_body_end(lines, style) for lines in ordered]
    heads, notes = [0] * len(ordered), [len(lines) for lines in ordered]
    for at in range(len(ordered) - 1):
        text, following = ordered[at][: ends[at]], ordered[at + 1][starts[at + 1] :]
        if text and following and _goes_on(text[-1], following[0]):
            notes[at], heads[at + 1] = ends[at], starts[at + 1]
    return [
        PageParts(lines[:head], lines[head:end], lines[end:])
        for lines, head, end in zip(ordered, heads, notes, strict=True)
    ]


def _with_notes_below_columns(lines: Sequence[Line], style: DocumentStyle) -> list[Line]:
    """The footnotes of a column come after the column in which its last sentence ends."""
    regions = [list(region) for _, region in groupby(lines, key=lambda line: line.region)]
    moved: list[Line] = []
    for region, following in pairwise(regions):
        start = _notes_start(region, style)
        if 0 < start < len(region) and goes_on_in_column(region[start - 1], following[0]):
            moved += region[start:]
            del region[start:]
    return [line for region in regions for line in region] + moved


def _body_end(lines: Sequence[Line], style: DocumentStyle) -> int:
    last_region = [line for line in lines if line.region == lines[-1].region]
    return len(lines) - len(last_region) + _notes_start(last_region, style)


def _notes_start(lines: Sequence[Line], style: DocumentStyle) -> int:
    """Where the footnotes at the end of a region begin: small print, or numbered lines below a gap."""
    at = len(lines)
    while at > 0 and not lines[at - 1].table and lines[at - 1].size <= _SMALL * style.size:
        at -= 1
    if 0 < at < len(lines):
        return at
    for at in range(len(lines) - 1, max(0, len(lines) - 8), -1):
        line, above = lines[at], lines[at - 1]
        if line.table or above.table:
            break
        is_below_gap = line.top - above.bottom > max(line.usual_gap, 0) + 0.8 * line.size
        if is_below_gap and _NOTE.match(line.text) and _is_unfinished(above.text):
            return at
    return len(lines)


def _body_start(lines: Sequence[Line], style: DocumentStyle) -> int:
    """Where the text begins below a running head that could not be told from it by repetition."""
    at = 0
    while at < min(3, len(lines) - 1) and not lines[at].table and lines[at].size <= _SMALL * style.size:
        at += 1
    has_gap = at > 0 and lines[at].top - lines[at - 1].bottom > 0.8 * style.size
    return at if has_gap else 0


def with_rest_of_sentence(last: Block, first: Block, line: Line, following: Line) -> tuple[Block, Block | None] | None:
    """(the block before the break with its last sentence whole, what is left of the block after it).

    None where the sentence ends at the break. ``line`` and ``following`` are the lines around it.
    """
    is_prose = last.kind in ("paragraph", "list_item") and first.kind == "paragraph"
    if not is_prose or not _goes_on(line, following) or not (rest := _REST.match(first.text)):
        return None
    beginning, end = first.text[: rest.end()].strip(), first.text[rest.end() :]
    joined = replace(last, text=_joined(last.text, beginning))
    return joined, replace(first, text=end) if end.strip() else None


def _joined(text: str, rest: str) -> str:
    if text.endswith("-") and rest[0].islower():
        return text[:-1] + rest
    return f"{text}{'' if is_unspaced(text[-1]) and is_unspaced(rest[0]) else ' '}{rest}"


def goes_on_in_column(line: Line, following: Line) -> bool:
    """Whether a paragraph continues at the top of the column to the right."""
    is_next_column = following.left_edge > line.right_edge and following.top < line.top
    has_equal_width = abs(following.region_width - line.region_width) < 0.25 * max(line.region_width, 1)
    return is_next_column and has_equal_width and _goes_on(line, following)


def _goes_on(line: Line, following: Line) -> bool:
    if line.table or following.table or abs(line.size - following.size) > 0.12 * line.size:
        return False
    text, first = line.text, following.text[0]
    if not _is_unfinished(text):
        return False
    if first.islower():
        return True
    if is_unspaced(text[-1]) and (is_unspaced(first) or first.isalnum()):
        return line.is_full and first not in "第（(【•●○■◆"
    if "가" <= text[-1] <= "힣":
        return line.is_full and "가" <= first <= "힣"
    last_word = text.rpartition(" ")[2].strip(f"{_CLOSING}(").lower()
    is_open = text[-1] == "," or last_word in _OPEN_WORDS or _CURRENCY.search(text) is not None
    return is_open and (first.isalnum() or first in "\"'“‘«„($€£¥")


def _is_unfinished(text: str) -> bool:
    bare = text.rstrip(_CLOSING + " ")
    return bool(bare) and (bare[-1].isalnum() or bare[-1] in _GOES_ON)
