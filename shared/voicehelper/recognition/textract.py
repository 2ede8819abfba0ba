"""``Textract``: Amazon's recogniser, for English; it knows no Chinese, which the built-in one reads instead.

``call`` sends one AnalyzeDocument and returns its response; ``resources`` gives it.
https://docs.aws.amazon.com/textract/latest/dg/API_AnalyzeDocument.html
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable, RecognisedWord

# Of a picture in the request: https://docs.aws.amazon.com/textract/latest/dg/limits-document.html
_MOST_BYTES: Final = 5 * 1024 * 1024

Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Textract:
    """Implements ``Provider``."""

    call: Callable[[dict[str, Any]], dict[str, Any]]
    name: str = "textract"

    def reads(self, language: str) -> bool:
        return language == "en"

    def recognise(self, picture: bytes, *, language: str, tables: bool) -> RecognisedPage:  # noqa: ARG002 - English alone
        if len(picture) > _MOST_BYTES:
            raise RejectedError("image_too_large", f"{len(picture)} bytes")
        features = ["TABLES"] if tables else ["LAYOUT"]  # one must be named; LAYOUT is the cheaper one
        document = {"Bytes": base64.b64encode(picture).decode()}
        response = self.call({"Document": document, "FeatureTypes": features})
        try:
            return page_of(response["Blocks"])
        except (LookupError, TypeError, ValueError) as error:
            raise UpstreamUnavailableError(f"textract: {error!r}") from error


def page_of(blocks: Sequence[Block]) -> RecognisedPage:
    """From the blocks of one page; LINE blocks are in reading order."""
    by_id = {block["Id"]: block for block in blocks}
    lines = tuple(_line(block, by_id) for block in blocks if block["BlockType"] == "LINE")
    tables = tuple(_table(block, by_id) for block in blocks if block["BlockType"] == "TABLE")
    weight = sum(len(line.text) for line in lines)
    confidence = sum(line.confidence * len(line.text) for line in lines) / weight if weight else 0.0
    return RecognisedPage(1, lines, tables, round(confidence, 4), 0, "\n".join(line.text for line in lines))


def _line(block: Block, by_id: Mapping[str, Block]) -> RecognisedLine:
    words = tuple(
        RecognisedWord(word["Text"], _box(word), word["Confidence"] / 100)
        for word in _children(block, by_id)
        if word["BlockType"] == "WORD"
    )
    return RecognisedLine(block["Text"], _box(block), block["Confidence"] / 100, words)


def _table(block: Block, by_id: Mapping[str, Block]) -> RecognisedTable:
    """MERGED_CELL blocks repeat cells that are merged; their text goes into the first of them."""
    cells: dict[tuple[int, int], list[str]] = defaultdict(list)
    related = list(_children(block, by_id))
    firsts = {
        part["Id"]: (cell["RowIndex"], cell["ColumnIndex"])
        for cell in related
        if cell["BlockType"] == "MERGED_CELL"
        for part in _children(cell, by_id)
    }
    own = [cell for cell in related if cell["BlockType"] == "CELL"]
    for cell in own:
        place = firsts.get(cell["Id"], (cell["RowIndex"], cell["ColumnIndex"]))
        cells[place] += [word["Text"] for word in _children(cell, by_id) if word["BlockType"] == "WORD"]
    rows, columns = (max((cell[key] for cell in own), default=0) for key in ("RowIndex", "ColumnIndex"))
    texts = tuple(tuple(" ".join(cells[row, column]) for column in range(1, columns + 1)) for row in range(1, rows + 1))
    return RecognisedTable(texts, _box(block))


def _children(block: Block, by_id: Mapping[str, Block]) -> Iterator[Block]:
    for relationship in block.get("Relationships") or ():
        if relationship["Type"] in ("CHILD", "MERGED_CELL"):
            yield from (by_id[child] for child in relationship["Ids"] if child in by_id)


def _box(block: Block) -> Box:
    place = block["Geometry"]["BoundingBox"]
    x0, y0 = place["Left"], place["Top"]
    return Box(*(round(min(1.0, max(0.0, at)), 5) for at in (x0, y0, x0 + place["Width"], y0 + place["Height"])))
