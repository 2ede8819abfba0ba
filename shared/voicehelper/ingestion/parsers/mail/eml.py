"""Mail: the main headers, then the body, then each attachment, read by the parser of its type.

Entry function: ``parse``, called by ``ingestion.parse``.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage, MIMEPart
from typing import cast

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import blocks_with_paths
from voicehelper.ingestion.parsers.text.plain import text_blocks

_MAX_DEPTH = 5
_MAX_ATTACHMENTS = 100
_HEADERS = ("Subject", "From", "To", "Cc", "Date")
_NESTED = re.compile(rb"(?im)^content-type:\s{0,9}message/rfc822")
# What the standard library raises.
_MALFORMED_HEADER = (ValueError, IndexError, AttributeError, TypeError, RecursionError)
_MULTIPART = re.compile(rb"(?i)multipart/")
_MAX_MULTIPARTS = 300  # the standard library compares each line with the boundaries of all that are open
MAX_HEADER_CHARACTERS = 2_000  # of one header; the standard library reads recipients and parameters in quadratic time


class _BoundedHeaders(email.policy.EmailPolicy):
    """Cuts long headers as they are read, before anything looks into them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARACTERS]


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Raises ``deep_nesting`` beyond five levels of attachments mails, and ``no_text`` without body and attachments."""
    if len(_NESTED.findall(content)) > _MAX_ATTACHMENTS:
        raise RejectedError("deep_nesting", "mails in mails")
    if len(_MULTIPART.findall(content)) > _MAX_MULTIPARTS:
        raise RejectedError("deep_nesting", "parts in parts")
    message = cast("EmailMessage", email.message_from_bytes(content, policy=_BoundedHeaders()))
    warnings: list[str] = []
    blocks = list(_blocks(message, warnings, depth=0))
    return build_document(document_title(filename, _header(message, "Subject")), blocks, warnings=warnings)


def _blocks(message: EmailMessage, warnings: list[str], depth: int) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        raise RejectedError("deep_nesting", "mails in mails")
    body = [*_body(message)]
    attachments = [block for part in _attachments(message) for block in _attachment(part, warnings, depth)]
    if not body and not attachments:
        raise RejectedError("no_text", "no body")
    yield Block("\n".join(f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))))
    yield from body
    yield from attachments


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message[name] or ""))
    except _MALFORMED_HEADER:
        return ""


def _body(message: EmailMessage) -> list[Block]:
    part = message.get_body(("plain", "html"))
    text = _text_of(part) if part is not None else ""
    if part is not None and part.get_content_type() == "text/html":
        from voicehelper.ingestion.parsers.web.html import html_pieces

        return list(blocks_with_paths(html_pieces(text, [])))
    return [block for block in text_blocks(text) if block.text.strip()]


def _text_of(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload if isinstance(payload, bytes) else b"", part.get_content_charset() or "")[0]


def _attachments(message: EmailMessage) -> list[EmailMessage]:
    if not message.is_multipart():
        return []
    return [part for part in message.iter_attachments() if isinstance(part, EmailMessage)][:_MAX_ATTACHMENTS]


def _attachment(part: EmailMessage, warnings: list[str], depth: int) -> list[Block]:
    """Its blocks, under its name. An unreadable attachment leaves a warning, unless it is a picture."""
    name = one_line(part.get_filename() or "")
    try:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            blocks, name = list(_blocks(inner, warnings, depth + 1)), name or _header(inner, "Subject") or "message"
        else:
            blocks = _parse_part(part, name, warnings)
    except RejectedError as error:
        if error.reason == "deep_nesting":
            raise
        if part.get_content_maintype() != "image":
            warnings.append("attachment_not_read")
        return []
    return [_in_attachment(block, name) for block in blocks]


def _parse_part(part: EmailMessage, name: str, warnings: list[str]) -> list[Block]:
    from voicehelper.ingestion.parse import parse_document

    payload = part.get_payload(decode=True)
    parsed = parse_document(payload if isinstance(payload, bytes) else b"", name or "text.txt")
    warnings += parsed.warnings
    return list(parsed.blocks)


def _in_attachment(block: Block, name: str) -> Block:
    place = replace(block.place, attachment=block.place.attachment or name)
    return replace(
        block,
        place=place if name else Place(),
        heading_path=(name, *block.heading_path) if name else block.heading_path,
    )
