"""Chooses the parser of a file by its content first and its name second, and imports only that one.

Entry functions: ``parse_document`` and ``load_parser``, called by ``parser_server``; the mail parser reads attachments
with the first.
"""

from __future__ import annotations

import importlib
import lzma
import re
import struct
import zlib
from collections.abc import Callable
from typing import Final, cast

from voicehelper.errors import RejectedError
from voicehelper.ingestion.filenames import TYPES_BY_EXTENSION, extension
from voicehelper.ingestion.parsed_document import ParsedDocument
from voicehelper.ingestion.recognised import Pictures
from voicehelper.ingestion.zip_parts import zip_type

# What parsers and the libraries below them raise for a file that is not what its format demands.
_DAMAGED: Final = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError, lzma.LZMAError, struct.error, zlib.error,
)  # fmt: skip

_MODULES: Final = {
    "pdf": "pdf.document", "docx": "office.docx", "pptx": "office.pptx", "xlsx": "office.xlsx", "xls": "office.xls",
    "ods": "office.ods", "csv": "text.delimited", "html": "web.html", "markdown": "text.markdown", "txt": "text.plain",
    "eml": "mail.eml", "image": "image.picture",
}  # fmt: skip
# Parsers of files that may hold text as pictures.
_WITH_PICTURES: Final = frozenset({"pdf", "image", "docx", "pptx", "eml"})
_TEXT_TYPES = frozenset({"csv", "html", "markdown", "txt", "eml"})
_IMAGE_SIGNATURE = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8|BM....\0\0\0\0|II\*\0|MM\0\*|RIFF....WEBP", re.DOTALL)
_FOREIGN_SIGNATURE = re.compile(
    rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|SQLite format 3|"
    rb"ID3|OggS|fLaC|....ftyp",
    re.DOTALL,
)
# Office programs open a spreadsheet under another spreadsheet extension, and so does this.
_SPREADSHEET_TYPES = frozenset({"xlsx", "xls", "ods"})
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def parse_document(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    """Raises RejectedError with the code that says why the file cannot be indexed.

    Without ``pictures`` nothing is recognised. With pictures that are pending the document may be empty.
    """
    kind = detect_type(content, filename)
    parse, pictures = _parser(kind), pictures or Pictures()
    try:
        parsed = parse(content, filename, pictures) if kind in _WITH_PICTURES else parse(content, filename)
    except RecursionError as error:
        raise RejectedError("deep_nesting", "nested too deeply") from error
    except _DAMAGED as error:
        raise RejectedError("corrupt", repr(error)) from error
    has_text = any(character.isalnum() for block in parsed.blocks for character in block.text)
    if not has_text and not pictures.pending:
        raise RejectedError("no_text")
    return parsed


def load_parser(filename: str) -> None:
    """Import in advance the parser that a file of this name most likely needs."""
    if expected := TYPES_BY_EXTENSION.get(extension(filename)):
        _parser(expected)


def _parser(kind: str) -> Callable[..., ParsedDocument]:
    module = importlib.import_module(f"voicehelper.ingestion.parsers.{_MODULES[kind]}")
    return cast("Callable[..., ParsedDocument]", module.parse)


def detect_type(content: bytes, filename: str) -> str:
    """A key of the parser table. Raises empty_file, unsupported_type, type_mismatch, corrupt or password_protected."""
    if not content:
        raise RejectedError("empty_file")
    expected = TYPES_BY_EXTENSION.get(extension(filename))
    if expected is None:
        raise RejectedError("unsupported_type", extension(filename))
    detected = _type_of_content(content)
    if detected is None:
        if expected in _TEXT_TYPES:
            return expected
        raise RejectedError("corrupt", f"no {expected} signature")
    if detected != expected and not {detected, expected} <= _SPREADSHEET_TYPES:
        raise RejectedError("type_mismatch", f"{detected} named {expected}")
    return detected


def _type_of_content(content: bytes) -> str | None:
    """None where only the name can decide: text files of every kind, and damaged files."""
    head = content[:1024]
    if b"%PDF-" in head:
        return "pdf"
    if _IMAGE_SIGNATURE.match(head):
        return "image"
    if head.startswith(_OLE_SIGNATURE):
        return _ole_type(content)
    if head.startswith(b"PK\x03\x04"):
        return zip_type(content)
    return "foreign" if _FOREIGN_SIGNATURE.match(head) and not head.isascii() else None


def _ole_type(content: bytes) -> str:
    """The binary Office formats differ by stream names; encrypted files of the new formats are such containers too."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RejectedError("password_protected")
    for stream, kind in (("Workbook", "xls"), ("Book", "xls"), ("WordDocument", "doc"), ("PowerPoint Document", "ppt")):
        if stream.encode("utf-16-le") in content:
            return kind
    return "foreign"
