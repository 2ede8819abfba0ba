"""PowerPoint slides: shapes in reading order, grouped ones included, tables, chart data and speaker notes.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.office.part_pictures import PartPictures, behind_text, without_illustrations
from voicehelper.ingestion.parsers.office.pptx_shapes import DAMAGED, read, shape_blocks, unwrap_alternatives
from voicehelper.ingestion.recognised import Pictures
from voicehelper.ingestion.zip_parts import DAMAGED_ZIP

_SAME_LINE = 0.02  # share of the slide's height; shapes whose tops are this close are read from left to right
_FURNITURE_TYPES = ("DATE", "FOOTER", "SLIDE_NUMBER", "HEADER")
_MAX_DEPTH = 20
Leaf = tuple[float, float, Any]  # top, left, shape
_SLIDE_NUMBER = re.compile(r"(\d{1,9})(?:\s{0,9}/\s{0,9}\d{1,9})?")  # "3", "03", "3 / 12"


def parse(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    """One page per slide. Hidden slides have no text but count, so that page numbers are those of the file."""
    try:
        deck = Presentation(io.BytesIO(content))
        slides = list(deck.slides)
        height = read(lambda deck: int(deck.slide_height or 1), deck, 1)
        parts = PartPictures(pictures or Pictures())
        blocks = [block for number, slide in enumerate(slides, 1) for block in _slide(slide, number, height, parts)]
    except (*DAMAGED_ZIP, *DAMAGED) as error:
        raise RejectedError("corrupt", repr(error)) from error
    read_slides = {block.place.page for block in blocks}
    unread = any(_is_only_pictures(slide) for at, slide in enumerate(slides, 1) if at not in read_slides)
    warnings = ["pages_without_text"] if unread else []
    warnings += ["hidden_slides"] if any(map(_is_hidden, slides)) else []
    title = document_title(filename, read(lambda deck: str(deck.core_properties.title or ""), deck, ""))
    return build_document(
        title, behind_text(blocks), pages_total=len(slides), pages_with_text=len(read_slides), warnings=warnings
    )


def _slide(slide: Any, number: int, height: int, parts: PartPictures) -> Iterator[Block]:
    if _is_hidden(slide):
        return
    unwrap_alternatives(slide.shapes._spTree)
    place, title = Place(page=number), _title(slide)
    path = (title,) if title else ()
    if title:
        yield Block(title, "heading", place, path)
    placeholder = slide.shapes.title  # found by a search among all shapes
    title_id = placeholder.shape_id if placeholder is not None else None
    shapes = [s for s in _in_order(_leaves(slide.shapes), height) if not _is_title(s, title_id, title)]
    yield from without_illustrations([b for s in shapes for b in _shape(s, place, path, parts)])
    notes = clean_text(slide.notes_slide.notes_text_frame.text) if _has_notes(slide) else ""
    if notes:
        yield Block(notes, "notes", place, path)


def _shape(shape: Any, place: Place, path: tuple[str, ...], parts: PartPictures) -> Iterator[Block]:
    yield from (block for block in shape_blocks(shape, place, path) if _is_content(block.text, place.page or 0))
    if part := read(_picture_part, shape, None):
        yield from parts.blocks(str(part.partname).lstrip("/"), part.blob, place, path)


def _picture_part(shape: Any) -> Any:
    """None for other shapes."""
    relation = getattr(shape._element, "blip_rId", None)
    return shape.part.related_part(relation) if relation else None


def _is_hidden(slide: Any) -> bool:
    return slide.element.get("show") in ("0", "false")


def _title(slide: Any) -> str:
    """The title placeholder; on a slide without one, the text in the largest type among its upper shapes."""
    shape = slide.shapes.title
    if shape is not None and shape.has_text_frame and (title := one_line(shape.text_frame.text)):
        return title[:200]
    sized = [(_type_size(shape), -top, one_line(shape.text_frame.text)) for top, _, shape in _upper_shapes(slide)]
    titles = [item for item in sized if any(c.isalnum() for c in item[2]) and len(item[2]) <= 60]
    largest = sorted(titles, reverse=True)[:2]
    return largest[0][2] if len(largest) == 2 and largest[0][0] > largest[1][0] else ""


def _upper_shapes(slide: Any) -> list[tuple[float, float, Any]]:
    """The first quarter of the shapes with text, at least three."""
    shapes = sorted((leaf for leaf in _leaves(slide.shapes) if leaf[2].has_text_frame), key=lambda leaf: leaf[:2])
    return shapes[: max(3, len(shapes) // 4)]


def _type_size(shape: Any) -> float:
    runs = [run for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]
    return max((read(lambda run: float(run.font.size or 0), run, 0.0) for run in runs), default=0.0)


def _is_title(shape: Any, title_id: int | None, title: str) -> bool:
    if title_id is not None and shape.shape_id == title_id:
        return True
    return bool(title and shape.has_text_frame and one_line(shape.text_frame.text) == title)


def _is_content(text: str, number: int) -> bool:
    """Neither a symbol nor the slide's own number."""
    numbered = _SLIDE_NUMBER.fullmatch(text.strip())
    return any(c.isalnum() for c in text) and not (numbered and int(numbered[1]) == number)


def _has_notes(slide: Any) -> bool:
    return bool(slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None)


def _leaves(shapes: Iterable[Any], depth: int = 0) -> Iterator[tuple[float, float, Any]]:
    """(top, left, shape) of every shape, those of groups included, in coordinates of the slide."""
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _group(shape, depth)
        elif not _is_furniture(shape):
            top = read(lambda shape: float(shape.top or 0), shape, 0.0)
            left = read(lambda shape: float(shape.left or 0), shape, 0.0)
            yield top, left, shape


def _group(group: Any, depth: int) -> Iterator[tuple[float, float, Any]]:
    """Positions inside a group have a coordinate system of their own: translated and scaled to the slide's."""
    inside = list(_leaves(group.shapes, depth + 1))
    frame = group._element.grpSpPr.find(".//{*}xfrm")
    extent = {part.tag.rpartition("}")[2]: part for part in frame} if frame is not None else {}
    if not {"off", "ext", "chOff", "chExt"} <= set(extent):
        yield from inside
        return
    for leaf in inside:
        yield read(lambda leaf: _placed(leaf, extent), leaf, leaf)


def _placed(leaf: Leaf, extent: dict[str, Any]) -> Leaf:
    top, left, shape = leaf
    return _scaled(top, extent, "y", "cy"), _scaled(left, extent, "x", "cx"), shape


def _scaled(position: float, extent: dict[str, Any], axis: str, size: str) -> float:
    inner = float(extent["chExt"].get(size) or 0) or 1.0
    scale = float(extent["ext"].get(size) or 0) / inner
    return float(extent["off"].get(axis)) + (position - float(extent["chOff"].get(axis))) * scale


def _is_furniture(shape: Any) -> bool:
    """Date, footer, header and slide number placeholders; the type reads "DATE (16)" or "PP_PLACEHOLDER.DATE (16)"."""
    if not shape.is_placeholder:
        return False
    kind = read(lambda shape: str(shape.placeholder_format.type), shape, "")
    return kind.split(" ")[0].split(".")[-1] in _FURNITURE_TYPES


def _in_order(leaves: Iterable[tuple[float, float, Any]], height: float) -> list[Any]:
    """From top to bottom; shapes at the same height from left to right."""
    rows: list[list[tuple[float, float, Any]]] = []
    for leaf in sorted(leaves, key=lambda item: item[:2]):
        if rows and leaf[0] - rows[-1][0][0] <= _SAME_LINE * height:
            rows[-1].append(leaf)
        else:
            rows.append([leaf])
    return [shape for row in rows for _, _, shape in sorted(row, key=lambda item: item[1])]


def _is_only_pictures(slide: Any) -> bool:
    """Pictures and no text at all."""
    texts = any(one_line(shape.text_frame.text) for _, _, shape in _leaves(slide.shapes) if shape.has_text_frame)
    return not texts and any(str(shape.shape_type).startswith("PICTURE") for _, _, shape in _leaves(slide.shapes))
