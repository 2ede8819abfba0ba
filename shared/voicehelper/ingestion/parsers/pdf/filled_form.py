"""Values of form fields → words beside their labels: "Shoe size: 44", "☒ Night shift".

Entry function: ``with_field_values``, called by ``words`` for each page that has fields.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from voicehelper.ingestion.parsers.common.cleaning import display_width, is_unspaced
from voicehelper.ingestion.parsers.pdf.annotations import Field
from voicehelper.ingestion.parsers.pdf.geometry import Box
from voicehelper.ingestion.parsers.pdf.word import Word, WordsByHeight

FIELD_MARK = "\u2063"  # in the text of a filled field until it is cleaned: its line is no row of a table
_MAX_FIELDS = 60  # side by side
_MAX_LABEL_DISTANCE = 250  # points
_LINE_HEIGHT = 16.0
_PUNCTUATION = ":：?？.。!！,，;；"
_YES, _NO = ("yes", "是"), ("no", "否")


def with_field_values(words: Sequence[Word], fields: Sequence[Field]) -> list[Word]:
    """Each value stands behind its label, or where its field is if it has none."""
    form = _Form(words, fields)
    for field in fields:
        form.fill(field)
    return form.words()


class _Form:
    def __init__(self, words: Sequence[Word], fields: Sequence[Field]) -> None:
        self._words = list(words)
        self._by_height = WordsByHeight(words)
        self._fields_by_top = sorted(fields, key=lambda field: field.box[1])
        self._tops = [field.box[1] for field in self._fields_by_top]
        self._labels: dict[int, int | None] = {}
        self._before: dict[int, list[Word]] = defaultdict(list)
        self._after: dict[int, list[Word]] = defaultdict(list)
        self._dropped: set[int] = set()
        self._loose: list[Word] = []

    def words(self) -> list[Word]:
        merged: list[Word] = []
        for at, word in enumerate(self._words):
            merged += self._before.get(at, ())
            merged += () if at in self._dropped else (word,)
            merged += self._after.get(at, ())
        return merged + self._loose

    def fill(self, field: Field) -> None:
        if field.kind == "text":
            self._fill_text(field)
        else:
            self._fill_box(field)

    def _fill_text(self, field: Field) -> None:
        if not field.value or self._is_printed(field):
            return
        is_cell = self._is_cell(field)
        label = None if is_cell else self._left_label(field)
        if label is None and not is_cell:
            label = self._label_above(field)
        if label is not None:
            self._drop_blank(field)
            self._put_after(label, field.value, field.box[2])
        else:
            has_name = not is_cell and any(character.isalpha() for character in field.name)
            self._loose.append(_own_word(field, f"{field.name}: {field.value}" if has_name else field.value))

    def _fill_box(self, field: Field) -> None:
        mark = "☒" if field.is_checked else "☐"
        label = self._right_label(field)
        if label:
            first, last = self._words[label[0]], label[-1]
            left, _, right, _ = field.box
            self._before[label[0]].append(Word(mark + FIELD_MARK, left, first.top, right, first.bottom))
            if field.kind == "checkbox":
                self._put_after(last, self._answer(field, last), self._words[last].right + 1)
            return
        at = self._left_label(field)
        if at is not None:
            self._put_after(at, f"{mark} {self._answer(field, at)}" if field.kind == "checkbox" else mark, field.box[2])
        elif field.is_checked and field.name:
            self._loose.append(_own_word(field, f"{mark} {field.name}"))

    def _answer(self, field: Field, label: int) -> str:
        return (_YES if field.is_checked else _NO)[is_unspaced(self._words[label].text[0])]

    def _put_after(self, at: int, value: str, right_edge: float) -> None:
        label = self._words[at]
        text = label.text.rstrip("_") or label.text
        self._words[at] = label = label._replace(text=text if text[-1] in _PUNCTUATION + FIELD_MARK else f"{text}:")
        start = label.right if not self._after[at] else self._after[at][-1].right
        left = start + 0.25 * label.height
        right = min(left + 0.5 * label.height * display_width(value), max(right_edge, left + 1))
        self._after[at].append(Word(value + FIELD_MARK, left, label.top, right, label.bottom, label.weight))

    def _beside(self, field: Field) -> list[int]:
        """Words on the field's line, the first one of a field of several lines."""
        _, top, _, bottom = field.box
        return self._by_height.between(top - 2, min(bottom, top + 1.5 * _LINE_HEIGHT) + 2)

    def _left_label(self, field: Field) -> int | None:
        if id(field) not in self._labels:
            self._labels[id(field)] = self._find_left_label(field)
        return self._labels[id(field)]

    def _find_left_label(self, field: Field) -> int | None:
        """The word next to the field on its left, unless another field is nearer."""
        left = field.box[0]
        nearest = max((other.box[2] for other in self._neighbours(field) if other.box[2] <= left + 1), default=-1e9)
        labels = [
            at
            for at in self._beside(field)
            if nearest - 1 <= self._words[at].left < left
            and left - self._words[at].right < _MAX_LABEL_DISTANCE
            and not _is_blank(self._words[at])
        ]
        return max(labels, key=lambda at: self._words[at].right) if labels else None

    def _neighbours(self, field: Field) -> list[Field]:
        """Fields on the same line."""
        _, top, _, bottom = field.box
        height = bottom - top
        start, end = bisect_left(self._tops, top - height), bisect_right(self._tops, bottom)
        near = self._fields_by_top[start : min(end, start + _MAX_FIELDS)]
        return [other for other in near if other is not field and _share_line(other.box, field.box)]

    def _is_cell(self, field: Field) -> bool:
        """Whether fields stand side by side without words between them, as in a table to fill in."""
        row = sorted([field, *self._neighbours(field)], key=lambda other: other.box[0])
        if len(row) < 2 or any(other.kind != "text" for other in row):
            return False
        return any(self._left_label(other) is None for other in row[1:])

    def _label_above(self, field: Field) -> int | None:
        """The end of the line right above the field, as far as it is above."""
        left, top, right, _ = field.box
        above = [
            at
            for at in self._by_height.between(top - 1.6 * _LINE_HEIGHT, top + 1)
            if left - 6 <= self._words[at].left < right and not _is_blank(self._words[at])
        ]
        if not above:
            return None
        line = max(_middle(self._words[at]) for at in above)
        return max((at for at in above if _middle(self._words[at]) > line - 3), key=lambda at: self._words[at].right)

    def _right_label(self, field: Field) -> list[int]:
        """The words right behind a box to tick, up to a gap or the next field."""
        left, _, right, _ = field.box
        end = min((other.box[0] for other in self._neighbours(field) if other.box[0] > left), default=1e9)
        label: list[int] = []
        for at in sorted(self._beside(field), key=lambda at: self._words[at].left):
            word = self._words[at]
            if left < word.left < end and word.left - right < 1.2 * max(word.height, 8):
                label.append(at)
                right = word.right
        return label

    def _is_printed(self, field: Field) -> bool:
        """Whether the page itself shows the value where the field is."""
        inside = [self._words[at] for at in self._by_height.between(field.box[1], field.box[3])]
        text = "".join(word.text for word in inside if field.box[0] <= (word.left + word.right) / 2 <= field.box[2])
        return "".join(field.value.split()) in text

    def _drop_blank(self, field: Field) -> None:
        """The underscores or dots that the value was written on."""
        left, top, right, bottom = field.box
        for at in self._by_height.between(top - 4, bottom + 4):
            word = self._words[at]
            if _is_blank(word) and word.left < right and left < word.right:
                self._dropped.add(at)


def _is_blank(word: Word) -> bool:
    return len(word.text) > 2 and not word.text.strip("_.…")


def _middle(word: Word) -> float:
    return (word.top + word.bottom) / 2


def _share_line(one: Box, other: Box) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * min(one[3] - one[1], other[3] - other[1])


def _own_word(field: Field, text: str) -> Word:
    left, top, right, bottom = field.box
    height = min(bottom - top, 12.0)
    if bottom - top < 2 * _LINE_HEIGHT:
        top += (bottom - top - height) / 2
    return Word(text, left + 1, top, max(left + 2, min(right, left + 0.5 * height * display_width(text))), top + height)
