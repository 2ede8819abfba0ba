"""Mail: who, when and about what, then the body, then what is attached, read by its own parser."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage, MIMEPart

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.text.plain import text_blocks

_MAX_DEPTH = 5
_MAX_ATTACHMENTS = 100
_SHOWN = (("Subject", "Subject"), ("From", "From"), ("To", "To"), ("Cc", "Cc"), ("Date", "Date"))
_NESTED = re.compile(rb"(?im)^content-type:\s*message/rfc822")
_QUOTE = re.compile(r"(?m)^>.*\n?")


def parse(content: bytes, filename: str) -> ParsedDocument:
    """Raises ``deep_nesting`` for mails in mails beyond five, ``no_text`` for one without body and attachments."""
    if len(_NESTED.findall(content)) > _MAX_ATTACHMENTS:
        raise RejectedError("deep_nesting", "mails in mails")
    message = email.message_from_bytes(content, policy=email.policy.default)
    warnings: list[str] = []
    blocks = list(_blocks(message, warnings, depth=0))
    return build_document(document_title(filename, _header(message, "Subject")), blocks, warnings=warnings)


def _blocks(message: EmailMessage, warnings: list[str], depth: int) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        raise RejectedError("deep_nesting", "mails in mails")
    body = [*_body(message)]
    attached = [block for part in _attachments(message) for block in _attachment(part, warnings, depth)]
    if not body and not attached:
        raise RejectedError("no_text", "no body")
    yield Block("\n".join(f"{name}: {value}" for key, name in _SHOWN if (value := _header(message, key))))
    yield from body
    yield from attached


def _header(message: EmailMessage, name: str) -> str:
    try:
        return one_line(str(message[name] or ""))
    except (ValueError, IndexError, AttributeError, TypeError):  # what the header parser says to malformed ones
        return ""


def _body(message: EmailMessage) -> list[Block]:
    part = message.get_body(("plain", "html"))
    text = _text_of(part) if part is not None else ""
    if part is not None and part.get_content_type() == "text/html":
        from voicehelper.ingestion.parsers.web.html import html_text_blocks

        return html_text_blocks(text)
    return [block for block in text_blocks(text) if block.text.strip()]


def _text_of(part: MIMEPart) -> str:
    """The declared encoding, and what the bytes look like where it is wrong or unknown."""
    from voicehelper.ingestion.parsers.common.decoding import decode

    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    try:
        return raw.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decode(raw)[0]


def _attachments(message: EmailMessage) -> list[EmailMessage]:
    if not message.is_multipart():
        return []
    return [part for part in message.iter_attachments() if isinstance(part, EmailMessage)][:_MAX_ATTACHMENTS]


def _attachment(part: EmailMessage, warnings: list[str], depth: int) -> list[Block]:
    """Its blocks, under its name. A picture is passed over; what else cannot be read leaves a warning."""
    name = one_line(part.get_filename() or "")
    try:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            blocks, name = list(_blocks(inner, warnings, depth + 1)), name or _header(inner, "Subject") or "message"
        else:
            blocks = _parsed(part, name, warnings)
    except RejectedError as error:
        if error.reason == "deep_nesting":
            raise
        if part.get_content_maintype() != "image":
            warnings.append("attachment_not_read")
        return []
    return [_placed(block, name) for block in blocks]


def _parsed(part: EmailMessage, name: str, warnings: list[str]) -> list[Block]:
    from voicehelper.ingestion.parse import parse_document

    payload = part.get_payload(decode=True)
    parsed = parse_document(payload if isinstance(payload, bytes) else b"", name or "text.txt")
    warnings += parsed.warnings
    return list(parsed.blocks)


def _placed(block: Block, name: str) -> Block:
    place = replace(block.place, attachment=block.place.attachment or name)
    return replace(
        block,
        place=place if name else Place(),
        heading_path=(name, *block.heading_path) if name else block.heading_path,
    )
