"""What was filled into a PDF page or written onto it: values of form fields, and comments with what they mark.

Entry function: ``page_annotations``, called by ``words`` for each page. Boxes are those of ``geometry``.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.pdf.geometry import Box, Transform

_MAX_ANNOTATIONS = 2000  # of a page
_MAX_BYTES = 200_000  # of one value
_MAX_OPTIONS = 500
_MARKUP = {
    pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE,
    pdfium.FPDF_ANNOT_SQUIGGLY,
    pdfium.FPDF_ANNOT_STRIKEOUT,
}
# A pop-up shows the comment of another annotation; a link has a target, which is no text.
_SILENT = {pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_WIDGET}
_PASSWORD = 1 << 13
_TAG = re.compile(r"<[^<>]{0,500}>")

FieldKind = Literal["text", "checkbox", "radio"]
_KINDS: dict[int, FieldKind] = {
    pdfium.FPDF_FORMFIELD_TEXTFIELD: "text",
    pdfium.FPDF_FORMFIELD_COMBOBOX: "text",
    pdfium.FPDF_FORMFIELD_LISTBOX: "text",
    pdfium.FPDF_FORMFIELD_CHECKBOX: "checkbox",
    pdfium.FPDF_FORMFIELD_RADIOBUTTON: "radio",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; ``value`` is empty for one that is not filled in. ``name`` is for a field without a label."""

    kind: FieldKind
    value: str
    name: str
    box: Box
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """``marked`` are the boxes of the text it is about; ``is_typed`` where the text itself stands on the page."""

    text: str
    author: str
    box: Box
    marked: tuple[Box, ...] = ()
    is_typed: bool = False


def page_annotations(page: pypdfium2.PdfPage, transform: Transform) -> tuple[list[Field], list[Comment]]:
    """In the order of the file; hidden ones are left out."""
    fields: list[Field] = []
    comments: list[Comment] = []
    for annotation in _annotations(page):
        if pdfium.FPDFAnnot_GetFlags(annotation) & pdfium.FPDF_ANNOT_FLAG_HIDDEN:
            continue
        subtype, box = pdfium.FPDFAnnot_GetSubtype(annotation), _box(annotation, transform)
        if subtype == pdfium.FPDF_ANNOT_WIDGET:
            fields += _field(page.formenv, annotation, box)
        elif subtype not in _SILENT:
            comments += _comment(annotation, subtype, box, transform)
    return fields, comments


def _annotations(page: pypdfium2.PdfPage) -> Iterator[Any]:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if annotation:
            yield annotation
            pdfium.FPDFPage_CloseAnnot(annotation)


def _box(annotation: Any, transform: Transform) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rect)
    (left, right), (bottom, top) = sorted((rect.left, rect.right)), sorted((rect.bottom, rect.top))
    return transform(left, bottom, right, top)


def _field(form: Any, annotation: Any, box: Box) -> list[Field]:
    number = pdfium.FPDFAnnot_GetFormFieldType(form.raw, annotation) if form else -1
    kind = _KINDS.get(number)
    if kind is None:
        value = _entry(annotation, "V") if number in (-1, pdfium.FPDF_FORMFIELD_UNKNOWN) else ""
        return [Field("text", value, _entry(annotation, "TU") or _entry(annotation, "T"), box)] if value else []
    name = _string(pdfium.FPDFAnnot_GetFormFieldAlternateName, form.raw, annotation) or _string(
        pdfium.FPDFAnnot_GetFormFieldName, form.raw, annotation
    )
    if kind != "text":
        return [Field(kind, "", name, box, is_checked=bool(pdfium.FPDFAnnot_IsChecked(form.raw, annotation)))]
    if number == pdfium.FPDF_FORMFIELD_TEXTFIELD and _PASSWORD & pdfium.FPDFAnnot_GetFormFieldFlags(
        form.raw, annotation
    ):
        return []
    chosen = "" if number == pdfium.FPDF_FORMFIELD_TEXTFIELD else _chosen_options(form, annotation)
    value = chosen or _string(pdfium.FPDFAnnot_GetFormFieldValue, form.raw, annotation) or _entry(annotation, "V")
    return [Field(kind, value, name, box)]


def _chosen_options(form: Any, annotation: Any) -> str:
    """What a list shows, which may differ from the value that is sent."""
    count = min(pdfium.FPDFAnnot_GetOptionCount(form.raw, annotation), _MAX_OPTIONS)
    chosen = [index for index in range(count) if pdfium.FPDFAnnot_IsOptionSelected(form.raw, annotation, index)]
    labels = (_string(pdfium.FPDFAnnot_GetOptionLabel, form.raw, annotation, index) for index in chosen)
    return ", ".join(filter(None, labels))


def _comment(annotation: Any, subtype: int, box: Box, transform: Transform) -> list[Comment]:
    if pdfium.FPDFAnnot_HasKey(annotation, b"StateModel"):  # "accepted by", of a review
        return []
    text = _entry(annotation, "Contents") or one_line(_TAG.sub(" ", _entry(annotation, "RC")))
    if not any(character.isalnum() for character in text):
        return []
    marked = tuple(_marked(annotation, transform)) if subtype in _MARKUP else ()
    return [Comment(text, _entry(annotation, "T"), box, marked, subtype == pdfium.FPDF_ANNOT_FREETEXT)]


def _marked(annotation: Any, transform: Transform) -> Iterator[Box]:
    points = pdfium.FS_QUADPOINTSF()
    for index in range(min(pdfium.FPDFAnnot_CountAttachmentPoints(annotation), 100)):
        if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, index, points):
            across = (points.x1, points.x2, points.x3, points.x4)
            upwards = (points.y1, points.y2, points.y3, points.y4)
            yield transform(min(across), min(upwards), max(across), max(upwards))


def _entry(annotation: Any, key: str) -> str:
    return _string(pdfium.FPDFAnnot_GetStringValue, annotation, key.encode())


def _string(function: Callable[..., int], *arguments: Any) -> str:
    """A text that PDFium writes in UTF-16 into a buffer of the caller; lines of it as one."""
    size = min(function(*arguments, None, 0), _MAX_BYTES)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    function(*arguments, buffer, size)
    text = bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
    return _joined_lines(text)


def _joined_lines(text: str) -> str:
    lines = [line for line in map(one_line, re.split(r"[\r\n]+", text)) if line]
    return "".join(line + (" " if line[-1] in ".,;:!?" else ", ") for line in lines[:-1]) + "".join(lines[-1:])
