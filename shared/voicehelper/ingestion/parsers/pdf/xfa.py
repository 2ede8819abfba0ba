"""Values of an XFA form, whose pages are drawn by its own language that PDFium does not speak.

Entry function: ``xfa_values``, called by ``document``.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from lxml import etree

from voicehelper.ingestion.parsers.common.cleaning import one_line

_DATASETS = "datasets"
_MAX_PACKETS, _MAX_BYTES, _MAX_VALUES = 100, 20_000_000, 5000
_WORD_STARTS = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])|[_.\-]+")


def is_xfa(pdf: pypdfium2.PdfDocument) -> bool:
    return pdf.get_formtype() in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND)


def xfa_values(pdf: pypdfium2.PdfDocument) -> list[str]:
    """ "name: value" of every filled element of the form's data, in its order."""
    for index in range(min(pdfium.FPDF_GetXFAPacketCount(pdf.raw), _MAX_PACKETS)):
        if _name(pdf, index) == _DATASETS:
            return list(_values(_content(pdf, index)))
    return []


def _name(pdf: pypdfium2.PdfDocument, index: int) -> str:
    buffer = ctypes.create_string_buffer(100)
    pdfium.FPDF_GetXFAPacketName(pdf.raw, index, buffer, 100)
    return buffer.value.decode("utf-8", "replace")


def _content(pdf: pypdfium2.PdfDocument, index: int) -> bytes:
    length = ctypes.c_ulong()
    pdfium.FPDF_GetXFAPacketContent(pdf.raw, index, None, 0, length)
    if not 0 < length.value <= _MAX_BYTES:
        return b""
    buffer = ctypes.create_string_buffer(length.value)
    pdfium.FPDF_GetXFAPacketContent(pdf.raw, index, buffer, length.value, length)
    return buffer.raw


def _values(content: bytes) -> Iterator[str]:
    """Nothing of damaged data: the warning about the form stays."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return
    leaves = (element for element in root.iter(etree.Element) if not len(element) and (element.text or "").strip())
    for _, element in zip(range(_MAX_VALUES), leaves, strict=False):
        yield f"{_label(etree.QName(element).localname)}: {one_line(element.text or '')}"


def _label(name: str) -> str:
    """The words of a technical name: "InvoiceTotal" → "Invoice Total"."""
    return _WORD_STARTS.sub(" ", name).strip() or name
