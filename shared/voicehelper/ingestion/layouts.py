"""Where the words of a page stand: kept beside the parsed text, so that a citation can be shown on its page.

Parsers make a ``PageLayout`` of each page, the parser server packs ``PAGES_TOGETHER`` of them into one object, and
``layout_of_page`` reads one of them again, for ``knowledge``. A page of 400 words takes some 2 kB.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from voicehelper.shapes.recognition import Box

PAGES_TOGETHER: Final = 32  # in one object: few enough to be read for one page
MAX_UNPACKED_BYTES: Final = 64_000_000
UNITS: Final = 10_000  # to the side of a page
_HEAD: Final = struct.Struct("<IHII")  # page, turn, words, bytes of their text


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The words of page ``number`` in the order of the file; ``sides`` are left, top, right and bottom of each, as
    1/10,000 of the upright page.

    ``turn`` is by how many degrees the page as a viewer shows it is turned clockwise to be upright.
    """

    number: int
    turn: int
    words: tuple[str, ...]
    sides: tuple[array[int], array[int], array[int], array[int]]

    @property
    def boxes(self) -> list[Box]:
        return [Box(*(side / UNITS for side in sides)) for sides in zip(*self.sides, strict=True)]


def page_layout(number: int, turn: int, words: Sequence[str], boxes: Sequence[tuple[float, ...]]) -> PageLayout:
    """``boxes`` as fractions of the page; what lies beyond its edge is cut off."""
    by_side = zip(*boxes, strict=True) if boxes else ((), (), (), ())
    left, top, right, bottom = (array("H", map(_units, sides)) for sides in by_side)
    return PageLayout(number, turn, tuple(word.replace("\n", " ") for word in words), (left, top, right, bottom))


def _units(side: float) -> int:
    """Without min(), max() and round(), which cost three times as much for each word of each page; 0 for no number."""
    return 0 if not side > 0.0 else UNITS if side >= 1.0 else int(UNITS * side + 0.5)


def first_of_batch(number: int) -> int:
    """The first page of the object that page ``number`` is in."""
    return (number - 1) // PAGES_TOGETHER * PAGES_TOGETHER + 1


def batches(layouts: Sequence[PageLayout]) -> Iterator[tuple[int, bytes]]:
    """(first page, object), in order."""
    together: dict[int, list[PageLayout]] = {}
    for layout in layouts:
        together.setdefault(first_of_batch(layout.number), []).append(layout)
    for first, pages in together.items():
        yield first, zlib.compress(b"".join(map(_packed, pages)), 6)


def layout_of_page(batch: bytes, number: int) -> PageLayout | None:
    """None for a page that is not in the object."""
    content = zlib.decompressobj().decompress(batch, MAX_UNPACKED_BYTES)
    at = 0
    while at < len(content):
        page, turn, count, length = _HEAD.unpack_from(content, at)
        end = at + _HEAD.size + length + 8 * count
        if page == number:
            return _unpacked(content[at + _HEAD.size : end], page, turn, count)
        at = end
    return None


def _packed(layout: PageLayout) -> bytes:
    text = "\n".join(layout.words).encode("utf-8", "replace")
    sides = b"".join(map(_differences, layout.sides))
    return _HEAD.pack(layout.number, layout.turn, len(layout.words), len(text)) + text + sides


def _differences(side: array[int]) -> bytes:
    """Words of a line share their top and bottom, so differences compress to a third."""
    return array("H", [(after - before) % 65_536 for before, after in pairwise([0, *side])]).tobytes()


def _unpacked(content: bytes, page: int, turn: int, count: int) -> PageLayout:
    end = len(content) - 8 * count
    numbers = array("H", content[end:])
    left, top, right, bottom = (_sums(numbers[side * count : (side + 1) * count]) for side in range(4))
    words = tuple(content[:end].decode().split("\n")) if count else ()
    return PageLayout(page, turn, words, (left, top, right, bottom))


def _sums(differences: array[int]) -> array[int]:
    value, sums = 0, array("H")
    for difference in differences:
        value = (value + difference) % 65_536
        sums.append(value)
    return sums
