"""Lines of a document → headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, BlockKind
from voicehelper.ingestion.parsers.common.cleaning import clean_text, display_width, is_unspaced, joined, one_line
from voicehelper.ingestion.parsers.common.headings import (
    UNNUMBERED_LEVEL,
    HeadingPath,
    is_chapter,
    looks_like_heading,
    numbering_depth,
    numbering_level,
)
from voicehelper.ingestion.parsers.common.tables import Row, column_names, table_lines
from voicehelper.ingestion.parsers.pdf.order import Line
from voicehelper.ingestion.parsers.pdf.rows import is_row, row_lines
from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.words import HYPHEN

_BULLET = re.compile(
    r"[•●○◦▪■□◆◇►▶➢✓√–\-*·]\s*\S|[(（]?(\d{1,3}|[a-zA-Z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）.、．]\s*\S|[①-⑳]|【"
)
_LEADERS = re.compile(r"\.\s?(?:\.\s?){3}|……|····|______")
# Compiled here, not where they are used: a parser's process reads one file, and would compile them anew for each.
_LETTERS = r"[^\W\d_]+"
_FIRST_LETTERS = re.compile(_LETTERS)
_HYPHENATED = re.compile(rf"{_LETTERS}(?:-{_LETTERS})*")
_HYPHENATED_AT_END = re.compile(rf"({_LETTERS}(?:-{_LETTERS})*){HYPHEN}$")
_SUBSECTION = re.compile(r"[\d.．]+\s*[^\W\d_]{2}")
_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_AS_GOOD_AS_EQUAL = 0.96
_BELOW_OUTLINE = 100  # headings the outline does not list are deeper than those it lists


@dataclass(frozen=True, slots=True)
class Look:
    """What is usual in a document: its text's size and weight, and the larger sizes of its headings, largest first.

    Sizes are read off the characters' boxes, which differ a little between the parts of one font: of those that are
    as good as equal, ``heading_sizes`` holds the smallest.
    """

    size: float
    weight: int
    heading_sizes: tuple[float, ...]
    outline: dict[tuple[int, str], int] = field(default_factory=dict)  # (page, squeezed title) → level
    words: frozenset[str] = frozenset()  # all of them, where lines end in hyphens


def look_of(pages: Sequence[list[Line]], outline: dict[tuple[int, str], int]) -> Look:
    sizes: Counter[float] = Counter()
    weights: Counter[int] = Counter()
    words: set[str] = set()
    is_hyphenated = any(HYPHEN in line.text for lines in pages for line in lines)
    for line in (line for lines in pages for line in lines if not line.table):
        text = line.text
        sizes[_rounded(line.size)] += len(text)
        weights[line.weight] += len(text)
        if is_hyphenated:
            words.update(_HYPHENATED.findall(text.lower()))
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    larger = _told_apart(s for s in sizes if s >= 1.15 * size)
    return Look(size, weights.most_common(1)[0][0] if weights else 400, tuple(larger), outline, frozenset(words))


def _told_apart(sizes: Iterable[float]) -> list[float]:
    """Largest first, the smallest of each group within ``_AS_GOOD_AS_EQUAL`` of its largest."""
    groups: list[list[float]] = []
    for size in sorted(sizes, reverse=True):
        if groups and size >= _AS_GOOD_AS_EQUAL * groups[-1][0]:
            groups[-1].append(size)
        else:
            groups.append([size])
    return [group[-1] for group in groups]


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def blocks_of(pages: Iterable[tuple[int, list[Line]]], look: Look) -> Iterator[Block]:
    headings = HeadingPath()
    before: Line | None = None
    names: Row | None = None
    for number, lines in pages:
        kept = _without_contents(lines)
        if kept and kept[0].table and names and before and before.table and _is_aligned(before.table, kept[0].table):
            yield Block("\n".join(table_lines(kept[0].table.rows, names)), "table", Place(page=number), headings.path)
            before, kept = kept[0], kept[1:]
        yield from _page_blocks(kept, number, look, headings)
        before = kept[-1] if kept else before
        names = names if not kept else column_names(before.table.rows) or names if before and before.table else None


def _is_aligned(one: RuledTable, other: RuledTable) -> bool:
    """The same columns at the same places: the second goes on where a page ended the first."""
    same_width = len(one.rows[0]) == len(other.rows[0])
    return same_width and abs(one.left - other.left) < 4 and abs(one.right - other.right) < 4


def _page_blocks(lines: list[Line], page: int, look: Look, headings: HeadingPath) -> Iterator[Block]:
    place = Place(page=page)
    at = 0
    while at < len(lines):
        if level := _heading_level(lines, at, page, look):
            at, text = _whole_heading(lines, at, page, look)
            headings.enter(level, text)
            yield Block(text, "heading", place, headings.path)
            continue
        end, kind, text = _body(lines, at, page, look)
        yield Block(text, kind, place, headings.path)
        at = end


def _without_contents(lines: list[Line]) -> list[Line]:
    """A table of contents leads to other pages and answers nothing."""
    leading = [line for line in lines if not line.table and _LEADERS.search(line.text)]
    return [line for line in lines if line not in leading] if len(leading) >= 4 else lines


def _heading_level(lines: list[Line], at: int, page: int, look: Look) -> int | None:
    line = lines[at]
    if line.table:
        return None
    text = one_line(line.text)
    if look.outline and (level := look.outline.get((page, squeezed(text)))):
        return level
    if not looks_like_heading(text) or text[:1] in "•●○◦▪■□◆◇►▶➢✓√-–*·":
        return None
    size = _rounded(line.size)
    rank = _BELOW_OUTLINE + 10 * sum(other > size for other in look.heading_sizes)
    level = rank + (numbering_level(text) or UNNUMBERED_LEVEL)
    if size >= 1.3 * look.size:
        return level
    if _wraps(line) and at + 1 < len(lines) and lines[at + 1].region == line.region:
        return None  # full to the edge: the beginning of a sentence
    if _is_rest(lines, at):
        return None
    if size >= 1.15 * look.size and not _is_long(text):
        return level
    bold = line.weight >= max(550, look.weight + 150)
    if bold and size >= 0.95 * look.size and (numbering_level(text) or _stands_alone(lines, at)):
        return level
    if _is_subsection(text) and _begins_afresh(lines, at):
        return level
    return level if is_chapter(text) and _stands_alone(lines, at) else None


def _is_rest(lines: list[Line], at: int) -> bool:
    """The line above is full and close, and is not larger: this is the end of its sentence."""
    line, above = lines[at], lines[at - 1] if at else None
    if above is None or above.table or above.region != line.region or numbering_level(one_line(line.text)):
        return False
    close = line.top - above.bottom < max(line.usual_gap, 0) + 0.3 * line.size
    return close and _wraps(above) and above.size >= line.size - 0.6


def _is_long(text: str) -> bool:
    return display_width(text) > 70


def _begins_afresh(lines: list[Line], at: int) -> bool:
    """What is above does not run on into this line, and this line does not run on either."""
    line, above = lines[at], lines[at - 1] if at else None
    runs_on = above is not None and not above.table and above.region == line.region and _wraps(above)
    return not runs_on and line.right - line.left < 0.6 * (line.right_edge - line.left_edge)


def _is_subsection(text: str) -> bool:
    """ "2.1 Terms", but not "2.4 GHz and so on" from the middle of a sentence."""
    return numbering_depth(text) >= 2 and len(text) < 60 and bool(_SUBSECTION.match(text))


def _stands_alone(lines: list[Line], at: int) -> bool:
    """Space above, or nothing; and the line ends well before the region does."""
    line = lines[at]
    above = lines[at - 1] if at else None
    gap = line.top - above.bottom - line.usual_gap if above and above.region == line.region else line.size
    return gap >= 0.3 * line.size and line.right - line.left < 0.85 * max(line.right_edge - line.left_edge, 1)


def _whole_heading(lines: list[Line], at: int, page: int, look: Look) -> tuple[int, str]:
    """A heading set in large type may run over several lines."""
    first = lines[at]
    text, end = one_line(first.text), at + 1
    while end < len(lines) and end - at < 3 and _continues_heading(first, lines[end - 1], lines[end], page, look):
        text = joined(text, one_line(lines[end].text))
        end += 1
    return end, text


def _continues_heading(first: Line, before: Line, line: Line, page: int, look: Look) -> bool:
    if line.table or line.region != first.region or first.size < 1.15 * look.size:
        return False
    alike = abs(line.size - first.size) < 0.6 and abs(line.weight - first.weight) < 100
    text = one_line(line.text)
    own = numbering_level(text) is not None or (page, squeezed(text)) in look.outline
    return alike and not own and line.top - before.bottom < 0.6 * first.size and looks_like_heading(text)


def _body(lines: list[Line], at: int, page: int, look: Look) -> tuple[int, BlockKind, str]:
    """(next line, kind, text) of the block that begins here."""
    line = lines[at]
    if line.table:
        return at + 1, "table", "\n".join(table_lines(line.table.rows))
    if is_row(lines, at):
        return _rows(lines, at, page, look)
    text, end = _clean(line), at + 1
    while end < len(lines) and _same_paragraph(lines, end, page, look):
        follows = _goes_on(lines[end - 1], lines[end])
        text = _wrapped(text, _clean(lines[end]), look) if follows else f"{text}\n{_clean(lines[end])}"
        end += 1
    return end, "list_item" if _BULLET.match(line.text) else "paragraph", text.replace(HYPHEN, "-")


def _same_paragraph(lines: list[Line], at: int, page: int, look: Look) -> bool:
    line, before = lines[at], lines[at - 1]
    if line.table or line.region != before.region or is_row(lines, at) or _heading_level(lines, at, page, look):
        return False
    return (
        line.top - before.bottom < max(0.9 * before.size, line.usual_gap + 0.3 * before.size)
        and abs(line.size - before.size) < 2.5
    )


def _wraps(line: Line) -> bool:
    """The line is full, so what follows on the next one belongs to the same sentence."""
    return line.right >= line.right_edge - max(0.12 * (line.right_edge - line.left_edge), 2 * line.size)


def _goes_on(line: Line, following: Line) -> bool:
    if _BULLET.match(following.text):
        return False
    last, first = line.text[-1], following.text[0]
    # Lines broken by a count of characters, or ragged: an open sentence goes on all the same.
    is_open = first.islower() if last.isalpha() or last == "," else False
    is_open = is_open or (is_unspaced(last) and last not in "。！？：；」”）")
    return _wraps(line) or (is_open and line.right - line.left > 0.7 * (line.right_edge - line.left_edge))


def _wrapped(text: str, following: str, look: Look) -> str:
    if not text.endswith(HYPHEN):
        return joined(text, following)
    left, right = _HYPHENATED_AT_END.search(text), _FIRST_LETTERS.match(following)
    if left and right and right[0][0].islower():
        whole, parted = f"{left[1]}{right[0]}".lower(), f"{left[1]}-{right[0]}".lower()
        if whole in look.words or (parted not in look.words and "-" not in left[1] and left[1].islower()):
            return text[:-1] + following
    return f"{text[:-1]}-{following}"


def _rows(lines: list[Line], at: int, page: int, look: Look) -> tuple[int, BlockKind, str]:
    end = at + 1
    while end < len(lines) and lines[end].region == lines[at].region:
        is_label = end + 1 < len(lines) and len(lines[end].segments) == 1 and is_row(lines, end + 1)
        if not (is_row(lines, end) or (is_label and _is_near(lines[end - 1 : end + 2]))):
            break
        if _heading_level(lines, end, page, look):
            break
        end += 1
    return end, "table", "\n".join(row_lines(lines[at:end], _cleaned)).replace(HYPHEN, "-")


def _is_near(lines: list[Line]) -> bool:
    """A label between two rows stands as close to them as they do to each other."""
    return all(not b.table and b.top - a.bottom < 1.5 * a.size for a, b in pairwise(lines))


def _clean(line: Line) -> str:
    return _cleaned(line.text)


def _cleaned(text: str) -> str:
    whole = HYPHEN.join([one_line(part) for part in text.split(HYPHEN)])
    return _BETWEEN_CHARACTERS.sub("", whole) if _is_letterspaced(whole) else whole


def _is_letterspaced(text: str) -> bool:
    """Justified Chinese, where every character became a word of its own."""
    if text.isascii():
        return False
    words = text.split(" ")
    return len(words) > 4 and sum(len(word) == 1 and is_unspaced(word) for word in words) > 0.6 * len(words)


def squeezed(text: str) -> str:
    return "".join(clean_text(text).split()).lower()
