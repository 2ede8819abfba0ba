"""Which lines of a PDF page are headings, and of which level: an ordered list of rules, the first verdict wins.

Entry function: ``heading_decisions``, called by ``blocks`` for each page; ``whole_heading`` joins headings of several
lines. A decision names its rule, so a wrong heading can be traced to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from voicehelper.ingestion.parsers.common.cleaning import display_width, join_lines, one_line
from voicehelper.ingestion.parsers.common.headings import (
    UNNUMBERED_LEVEL,
    is_chapter,
    looks_like_heading,
    numbering_depth,
    numbering_level,
)
from voicehelper.ingestion.parsers.pdf.filled_form import FIELD_MARK
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.style import DocumentStyle, normalized_title, round_size

BODY: Final = 0  # the verdict "not a heading"
_BELOW_OUTLINE = 100  # headings the outline does not list are deeper than those it lists
_MAX_HEADING_LINES = 3
_LONG_WIDTH = 70  # columns; a longer line is a sentence in large type
_BULLETS = "•●○◦▪■□◆◇►▶➢✓√-–*·"
_SUBSECTION = re.compile(r"[\d.．]{1,20}\s{0,9}[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be a heading, its neighbours on the page, and what is usual in the document."""

    line: Line
    above: Line | None
    below: Line | None
    page: int
    style: DocumentStyle
    text: str

    @property
    def level(self) -> int:
        """By size first, then by numbering: larger headings enclose smaller ones."""
        size = self.size
        rank = sum(other > size for other in self.style.heading_sizes)
        return _BELOW_OUTLINE + 10 * rank + (numbering_level(self.text) or UNNUMBERED_LEVEL)

    @property
    def size(self) -> float:
        return round_size(self.line.size)

    @property
    def text_above(self) -> Line | None:
        """The line above, if it belongs to the same region and is no table."""
        above = self.above
        return above if above and not above.table and above.region == self.line.region else None


class Decision(NamedTuple):
    """``level`` is BODY for a line that is no heading; ``rule`` names the rule that decided."""

    level: int
    rule: str


Rule = Callable[[Candidate], int | None]  # a level, BODY, or None to leave it to the next rule


def is_table(candidate: Candidate) -> int | None:
    return BODY if candidate.line.table else None


def is_filled_field(candidate: Candidate) -> int | None:
    return BODY if FIELD_MARK in candidate.line.text else None


def listed_in_outline(candidate: Candidate) -> int | None:
    outline = candidate.style.outline
    return outline.get((candidate.page, normalized_title(candidate.text))) if outline else None


def worded_unlike_heading(candidate: Candidate) -> int | None:
    is_bullet = candidate.text[:1] in _BULLETS
    return BODY if is_bullet or not looks_like_heading(candidate.text) else None


def much_larger(candidate: Candidate) -> int | None:
    return candidate.level if candidate.size >= 1.3 * candidate.style.size else None


def continues_on_next_line(candidate: Candidate) -> int | None:
    """Full to the edge: the beginning of a sentence."""
    line, below = candidate.line, candidate.below
    return BODY if below and below.region == line.region and line.is_full else None


def ends_sentence_above(candidate: Candidate) -> int | None:
    """The line above is full and close, and is not smaller: this is the end of its sentence."""
    line, above = candidate.line, candidate.text_above
    if above is None or numbering_level(candidate.text):
        return None
    is_close = line.top - above.bottom < max(line.usual_gap, 0) + 0.3 * line.size
    return BODY if is_close and above.is_full and above.size >= line.size - 0.6 else None


def larger_and_short(candidate: Candidate) -> int | None:
    is_larger = candidate.size >= 1.15 * candidate.style.size
    return candidate.level if is_larger and display_width(candidate.text) <= _LONG_WIDTH else None


def bold_and_numbered_or_alone(candidate: Candidate) -> int | None:
    style = candidate.style
    is_bold = candidate.line.weight >= max(550, style.weight + 150)
    if not is_bold or candidate.size < 0.95 * style.size:
        return None
    return candidate.level if numbering_level(candidate.text) or _stands_alone(candidate) else None


def numbered_subsection(candidate: Candidate) -> int | None:
    """ "2.1 Terms" on a line of its own, but not "2.4 GHz and so on" from the middle of a sentence."""
    text, line = candidate.text, candidate.line
    is_numbered = numbering_depth(text) >= 2 and len(text) < 60 and _SUBSECTION.match(text)
    if not is_numbered or line.width >= 0.6 * line.region_width:
        return None
    above = candidate.text_above
    return None if above and above.is_full else candidate.level


def chapter_wording(candidate: Candidate) -> int | None:
    return candidate.level if is_chapter(candidate.text) and _stands_alone(candidate) else None


def plain_text(_: Candidate) -> int | None:
    return BODY


RULES: Final[Sequence[Rule]] = (
    is_table,
    is_filled_field,
    listed_in_outline,
    worded_unlike_heading,
    much_larger,
    continues_on_next_line,
    ends_sentence_above,
    larger_and_short,
    bold_and_numbered_or_alone,
    numbered_subsection,
    chapter_wording,
    plain_text,
)


def heading_decisions(lines: Sequence[Line], page: int, style: DocumentStyle) -> list[Decision]:
    """One decision per line of the page."""
    neighbours = zip(lines, [None, *lines], [*lines[1:], None], strict=False)
    return [
        decide(Candidate(line, above, below, page, style, one_line(line.text))) for line, above, below in neighbours
    ]


def decide(candidate: Candidate) -> Decision:
    return next(Decision(verdict, rule.__name__) for rule in RULES if (verdict := rule(candidate)) is not None)


def _stands_alone(candidate: Candidate) -> bool:
    """Space above, or nothing; and the line ends well before the region does."""
    line, above = candidate.line, candidate.above
    in_region = above is not None and above.region == line.region
    gap = line.top - above.bottom - line.usual_gap if above and in_region else line.size
    return gap >= 0.3 * line.size and line.width < 0.85 * max(line.region_width, 1)


def whole_heading(lines: Sequence[Line], start: int, page: int, style: DocumentStyle) -> tuple[int, str]:
    """(index of the line after it, text). A heading set in large type may run over several lines."""
    first, end = lines[start], start + 1
    while end < min(len(lines), start + _MAX_HEADING_LINES) and _continues_heading(
        first, lines[end - 1], lines[end], page, style
    ):
        end += 1
    return end, join_lines(one_line(line.text) for line in lines[start:end])


def _continues_heading(first: Line, before: Line, line: Line, page: int, style: DocumentStyle) -> bool:
    if line.table or line.region != first.region or first.size < 1.15 * style.size:
        return False
    has_same_font = abs(line.size - first.size) < 0.6 and abs(line.weight - first.weight) < 100
    if not has_same_font or line.top - before.bottom >= 0.6 * first.size:
        return False
    text = one_line(line.text)
    is_own_heading = numbering_level(text) is not None or (page, normalized_title(text)) in style.outline
    return not is_own_heading and looks_like_heading(text)
