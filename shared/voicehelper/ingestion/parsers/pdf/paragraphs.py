"""Body text of a PDF page: which lines make up one paragraph, list item or table without ruling lines.

Entry function: ``body_block``, called by ``blocks`` for each line that starts no heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from voicehelper.ingestion.parsers.common.cleaning import is_unspaced, join_wrapped, one_line
from voicehelper.ingestion.parsers.common.headings import Piece
from voicehelper.ingestion.parsers.common.tables import clean_rows, plain_row, table_lines
from voicehelper.ingestion.parsers.pdf.filled_form import FIELD_MARK
from voicehelper.ingestion.parsers.pdf.headings import Decision
from voicehelper.ingestion.parsers.pdf.lines import Line
from voicehelper.ingestion.parsers.pdf.page_breaks import goes_on_in_column
from voicehelper.ingestion.parsers.pdf.rows import is_row, row_lines
from voicehelper.ingestion.parsers.pdf.style import LETTERS, DocumentStyle
from voicehelper.ingestion.parsers.pdf.tables import RuledTable
from voicehelper.ingestion.parsers.pdf.words import DIVIDERS, HYPHEN
from voicehelper.text.leaders import is_blank_to_fill, is_leader_row

_LIST_MARKER = re.compile(
    r"[•●○◦▪■□◆◇►▶➢✓√–\-*·]\s*\S|[(（]?(\d{1,3}|[a-zA-Z]|[ivx]{1,4}|[一二三四五六七八九十]{1,3})[)）.、．]\s*\S|[①-⑳]|【"
)
_FIRST_LETTERS = re.compile(LETTERS)
_HYPHENATED_AT_END = re.compile(rf"([^\W\d_]{{1,40}}(?:-[^\W\d_]{{1,40}}){{0,5}}){HYPHEN}$")
# First parts of words whose hyphen stays, wherever the line ends.
_PREFIXES = frozenset(
    {"all", "cross", "ex", "full", "half", "high", "long", "low", "non", "off", "on", "part", "self", "short", "two"}
)
_GERMAN_WORDS = frozenset({"und", "der", "die"})
_MAX_WORD_LENGTH = 250  # characters, hyphens included
_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_SENTENCE_ENDS = "。！？：；」”）"


def body_block(
    lines: Sequence[Line], start: int, decisions: Sequence[Decision], style: DocumentStyle
) -> tuple[int, Piece]:
    """(index of the line after it, piece) of the block that starts at ``start``."""
    line = lines[start]
    if line.table:
        return start + 1, Piece("table", "\n".join(_ruled_rows(line.table)))
    if is_row(lines, start):
        return _unruled_table(lines, start, decisions)
    text, end = _clean(_line_text(line)), start + 1
    while end < len(lines) and not decisions[end].level and _is_same_paragraph(lines, end):
        following = _clean(_line_text(lines[end]))
        wraps = lines[end].region != lines[end - 1].region or _wraps(lines[end - 1], lines[end])
        text = _join_hyphenated(text, following, style) if wraps else f"{text}\n{following}"
        end += 1
    return end, Piece("list_item" if _LIST_MARKER.match(line.text) else "paragraph", text.replace(HYPHEN, "-"))


def _ruled_rows(table: RuledTable) -> list[str]:
    """A form whose values stand behind labels in its cells has no row of column names."""
    if any(FIELD_MARK in cell for row in table.rows for cell in row):
        return [plain_row(row) for row in clean_rows(table.rows)]
    return table_lines(table.rows)


def _line_text(line: Line) -> str:
    """Fields side by side on one line of a form are kept apart, as the cells of a row are."""
    return line.text if FIELD_MARK not in line.text else " | ".join(segment.text for segment in line.segments)


def _is_same_paragraph(lines: Sequence[Line], at: int) -> bool:
    line, before = lines[at], lines[at - 1]
    if line.table or is_row(lines, at):
        return False
    if line.region != before.region:
        return goes_on_in_column(before, line)
    is_close = line.top - before.bottom < max(0.9 * before.size, line.usual_gap + 0.3 * before.size)
    return is_close and abs(line.size - before.size) < 2.5


def _wraps(line: Line, following: Line) -> bool:
    """Whether a sentence runs on from one line into the next; else the line break means something."""
    if line.is_whole or following.is_whole:
        return False
    if _LIST_MARKER.match(following.text) or is_leader_row(line.text) or is_blank_to_fill(line.text):
        return False
    if (is_leader_row(following.text) or is_blank_to_fill(following.text)) and not following.text[0].islower():
        return False
    if FIELD_MARK in line.text + following.text:
        return False
    if line.is_full or _is_divided_word(line.text, following.text):
        return True
    # Lines broken after a number of characters, or set ragged: an open sentence continues all the same.
    return _is_open(line.text[-1], following.text[0]) and line.width > 0.7 * line.region_width


def _is_divided_word(text: str, following: str) -> bool:
    """Whether a line ends in a hyphen inside a word, however short the line is."""
    return text[-1] in DIVIDERS and text[-2:-1].isalpha() and following[0].islower()


def _is_open(last: str, first: str) -> bool:
    """Whether a sentence has not ended between the last character of a line and the first of the next."""
    if is_unspaced(last) and last not in _SENTENCE_ENDS:
        return True
    return first.islower() and (last.isalpha() or last == ",")


def _join_hyphenated(text: str, following: str, style: DocumentStyle) -> str:
    """Drops a hyphen that only divides a word at the end of its line, keeps one that belongs to it."""
    if not _is_divided_word(text, following) and not text.endswith(HYPHEN):
        return join_wrapped(text, following)
    text = text[:-1] + HYPHEN
    tail = text[-_MAX_WORD_LENGTH:]
    left, right = _HYPHENATED_AT_END.search(tail), _FIRST_LETTERS.match(following)
    if left and right and right[0][0].islower():
        joined, hyphenated = f"{left[1]}{right[0]}".lower(), f"{left[1]}-{right[0]}".lower()
        is_one_word = hyphenated not in style.words and _is_divided(left[1], tail[: left.start()], style)
        if joined in style.words or is_one_word:
            return text[:-1] + following
    return f"{text[:-1]}-{following}"


def _is_divided(left: str, before: str, style: DocumentStyle) -> bool:
    """Whether a hyphen after ``left`` divides a word that has none of its own: "Registra-", not "Franco-"."""
    if "-" in left or left.lower() in _PREFIXES:
        return False
    starts_sentence = before.rstrip()[-1:] in (*".!?:", "") or style.words >= _GERMAN_WORDS
    return left.islower() or (left.istitle() and len(left) > 2 and starts_sentence)


def _unruled_table(lines: Sequence[Line], start: int, decisions: Sequence[Decision]) -> tuple[int, Piece]:
    end = start + 1
    while end < len(lines) and not decisions[end].level and _continues_table(lines, start, end):
        end += 1
    text = "\n".join(row_lines(lines[start:end], _clean))
    return end, Piece("table", text.replace(HYPHEN, "-"))


def _continues_table(lines: Sequence[Line], start: int, at: int) -> bool:
    if lines[at].region != lines[start].region:
        return False
    if is_row(lines, at):
        return True
    is_label = at + 1 < len(lines) and len(lines[at].segments) == 1 and is_row(lines, at + 1)
    return is_label and _are_close(lines[at - 1 : at + 2])


def _are_close(lines: Sequence[Line]) -> bool:
    """Whether a label between two rows is as close to them as rows are to each other."""
    return all(not b.table and b.top - a.bottom < 1.5 * a.size for a, b in pairwise(lines))


def _clean(text: str) -> str:
    """One line of clean text that keeps PDFium's hyphens, without the spaces of justified Chinese."""
    if text.isascii():  # PDFium's hyphen is no ASCII
        return one_line(text)
    whole = HYPHEN.join([one_line(part) for part in text.split(HYPHEN)])
    return _BETWEEN_CHARACTERS.sub("", whole) if _is_letterspaced(whole) else whole


def _is_letterspaced(text: str) -> bool:
    """Justified Chinese, where every character became a word of its own."""
    if text.isascii():
        return False
    words = text.split(" ")
    return len(words) > 4 and sum(len(word) == 1 and is_unspaced(word) for word in words) > 0.6 * len(words)
