from __future__ import annotations

import struct
import subprocess
import sys
import zlib

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import detect_type, parse_document
from voicehelper.messages.catalogue import codes

from tests.support.scans import as_file, scan
from tests.unit.ingestion.samples import workbook, zipped


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


HOSTILE_XML = '<!DOCTYPE x [<!ENTITY a {}>]><w:document xmlns:w="w"><w:body/></w:document>'


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (b"", "a.pdf", "empty_file"),
        (b"book", "a.epub", "unsupported_type"),
        (b"book", "noextension", "unsupported_type"),
        (b"%PDF-1.7 ...", "a.docx", "type_mismatch"),
        (b"not a pdf", "a.pdf", "corrupt"),
        (b"%PDF-1.7 broken", "a.pdf", "corrupt"),
        (b"PK\x03\x04broken", "a.pptx", "corrupt"),
        (png(100, 100), "a.png", "corrupt"),
        (as_file(scan("not recognised here")), "a.png", "no_text"),
        (png(60_000, 60_000), "a.png", "image_too_large"),
        (bytes(range(256)) * 20, "a.txt", "no_text"),
        (b"<html><script>x</script></html>", "a.html", "no_text"),
        (b"Subject: x\r\n\r\n", "a.eml", "no_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.docx", "password_protected"),
        (
            zipped({"[Content_Types].xml": "", "word/document.xml": HOSTILE_XML.format('"aa"')}),
            "a.docx",
            "entity_expansion",
        ),
        (
            zipped({"[Content_Types].xml": "", "word/document.xml": HOSTILE_XML.format('SYSTEM "file:///etc/passwd"')}),
            "a.docx",
            "external_entity",
        ),
        (zipped({"[Content_Types].xml": "", "word/media/a.bin": bytes(450_000_000)}), "a.docx", "too_large_unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_indexed_is_rejected_with_a_reason(content: bytes, filename: str, reason: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse_document(content, filename)

    assert caught.value.reason == reason
    assert reason in codes("ingestion")


def test_the_content_decides_between_spreadsheet_formats() -> None:
    assert detect_type(workbook([["a", "b"]]), "old.xls") == "xlsx"


def test_only_the_parser_of_the_file_is_imported() -> None:
    code = (
        "import sys; from voicehelper.ingestion.parse import parse_document; parse_document(b'text', 'a.txt'); "
        "print([name for name in ('lxml', 'pypdfium2', 'selectolax', 'markdown_it', 'pptx') if name in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "[]"
