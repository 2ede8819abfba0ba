"""Checks zip archives before a parser opens them: what kind of Office file it is, and whether its parts are hostile.

Entry function: ``zip_type``, called by ``parse``.
"""

from __future__ import annotations

import contextlib
import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import IO

from voicehelper.errors import RejectedError

MAX_UNPACKED_BYTES = 400_000_000
MAX_PART_BYTES = 150_000_000  # of one XML part, whose tree takes several times as much
_XML_SUFFIXES = (".xml", ".rels")
_OFFICE_TYPES = ("docx", "pptx", "xlsx")
_PROLOG_BYTES = 65_536
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\t\r\n "  # byte order marks and white space
_EXTERNAL = re.compile(rb"<!(?:DOCTYPE|ENTITY)[^<>]*?\b(?:SYSTEM|PUBLIC)\b")
# What zipfile and the decompressors below it raise for damaged files.
DAMAGED_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, LookupError,
    RuntimeError, ArithmeticError,
)  # fmt: skip


def zip_type(content: bytes) -> str:
    """ "docx", "pptx", "xlsx", "ods" or "foreign". Raises corrupt, and the reason why a part is refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        kind = _kind_of_parts(set(archive.namelist()), archive)
        if kind in _OFFICE_TYPES:
            _reject_hostile_parts(archive)
    except DAMAGED_ZIP as error:
        raise RejectedError("corrupt", "damaged container") from error
    return kind


def _kind_of_parts(names: set[str], archive: zipfile.ZipFile) -> str:
    for folder, kind in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")):
        if any(name.startswith(folder) for name in names) and "[Content_Types].xml" in names:
            return kind
    if "mimetype" not in names:
        return "foreign"
    with archive.open("mimetype") as stream:
        return "ods" if b"opendocument.spreadsheet" in stream.read(80) else "foreign"


def _reject_hostile_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES or any(
        part.file_size > MAX_PART_BYTES and part.filename.lower().endswith(_XML_SUFFIXES) for part in parts
    ):
        raise RejectedError("too_large_unpacked")
    if any(part.flag_bits & 0x1 for part in parts):
        raise RejectedError("password_protected")
    for part in parts:
        with archive.open(part) as stream:
            _reject_document_type(stream)


def _reject_document_type(stream: IO[bytes]) -> None:
    """Office programs never write a document type declaration; it serves to expand entities or to read other files.

    Every part is looked at, whatever its name, because a parser finds parts by their relations. The XML parser is
    asked, since it knows all encodings and how long a prolog is; it stops at the declaration or at the root element.
    """
    from lxml import etree

    prolog = _Prolog()
    parser = etree.XMLParser(
        target=prolog,  # type: ignore[arg-type]
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
    )
    start = stream.read(_PROLOG_BYTES)
    _reject_declaration(start.replace(b"\0", b"").lstrip(_BEFORE_XML))
    # What is no XML is a picture, or a part that its parser will refuse.
    with contextlib.suppress(etree.XMLSyntaxError):
        piece = start
        while piece and not prolog.has_root:
            parser.feed(piece)
            piece = stream.read(_PROLOG_BYTES)
        parser.close()


def _reject_declaration(start: bytes) -> None:
    """Refuses most declarations before any parser has seen them. Some binary parts hold XML further inside."""
    if start.startswith(b"<") and (b"<!DOCTYPE" in start or b"<!ENTITY" in start):
        raise RejectedError("external_entity" if _EXTERNAL.search(start) else "entity_expansion")


class _Prolog:
    """Receives lxml's events: https://lxml.de/parsing.html#the-target-parser-interface"""

    has_root = False

    def doctype(self, _name: str, public_id: str | None, system_url: str | None) -> None:
        raise RejectedError("external_entity" if public_id or system_url else "entity_expansion")

    def start(self, _tag: str, _attributes: object) -> None:
        self.has_root = True

    def close(self) -> None:
        return None
