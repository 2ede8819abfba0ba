"""Mail: the main headers, then the body, then each attachment, read by the parser of its type.

Entry functions: ``parse``, called by ``ingestion.parse``, and ``attached_file`` for whoever draws what is recognised.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Final, cast

from voicehelper.errors import RejectedError
from voicehelper.index.chunk import Place
from voicehelper.ingestion.filenames import TYPES_BY_EXTENSION, extension
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import blocks_with_paths
from voicehelper.ingestion.parsers.mail.alternatives import richer
from voicehelper.ingestion.parsers.mail.calendar import calendar_blocks
from voicehelper.ingestion.parsers.mail.headers import MALFORMED_HEADER, BoundedHeaders, file_name, header
from voicehelper.ingestion.parsers.text.plain import text_blocks
from voicehelper.ingestion.recognised import Pictures, page_reference

_MAX_DEPTH: Final = 5
_MAX_ATTACHMENTS: Final = 100
_HEADERS: Final = ("Subject", "From", "To", "Cc", "Date")
_NESTED: Final = re.compile(rb"(?im)^content-type:\s{0,9}message/rfc822")
_MULTIPART: Final = re.compile(rb"(?i)multipart/")
_MAX_MULTIPARTS: Final = 300  # the standard library compares each line with the boundaries of all that are open
_FLOWED_BREAK: Final = re.compile(r"(?<!^--) \n(?!>)", re.MULTILINE)
_CALENDARS: Final = frozenset({"text/calendar", "application/ics"})
_SIGNATURES: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
# Of attachments without a name that tells it.
_EXTENSIONS: Final = {
    "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/markdown": "md",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx", "application/vnd.ms-excel": "xls",
    "image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/tiff": "tif", "image/webp": "webp",
    "image/gif": "gif", "image/bmp": "bmp",
}  # fmt: skip


def parse(content: bytes, filename: str, pictures: Pictures | None = None) -> ParsedDocument:
    """Raises ``deep_nesting`` beyond five levels of attached mails, and ``no_text`` without body and attachments."""
    if len(_NESTED.findall(content)) > _MAX_ATTACHMENTS:
        raise RejectedError("deep_nesting", "mails in mails")
    if len(_MULTIPART.findall(content)) > _MAX_MULTIPARTS:
        raise RejectedError("deep_nesting", "parts in parts")
    message, reading = _message(content), _Reading([], pictures or Pictures())
    blocks = list(_blocks(message, reading, depth=0))
    return build_document(document_title(filename, header(message, "subject")), blocks, warnings=reading.warnings)


def attached_file(content: bytes, numbers: Sequence[int]) -> tuple[str, bytes]:
    """(name with its type, bytes) of the attachment that ``Pictures.of_attachment`` called by these numbers, one for
    each mail in a mail. RejectedError ``corrupt`` where there is none.
    """
    message: EmailMessage | None = _message(content)
    for number in numbers:
        parts = _Parts()
        _collect(message or _message(content), parts, [])
        if number >= len(parts.attachments):
            raise RejectedError("corrupt", f"no attachment {number}")
        part = parts.attachments[number]
        content, message = _content(part), next(iter(_inner_parts(part)), None)
    return _name_with_type(file_name(part), part.get_content_type()), content


def _message(content: bytes) -> EmailMessage:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return cast("EmailMessage", email.message_from_bytes(start, policy=BoundedHeaders()))


@dataclass(frozen=True, slots=True)
class _Reading:
    warnings: list[str]
    pictures: Pictures

    def of_attachment(self, number: int) -> _Reading:
        return replace(self, pictures=self.pictures.of_attachment(number))


@dataclass(slots=True)
class _Parts:
    """What a mail consists of, in order."""

    body: list[Block] = field(default_factory=list)
    calendars: list[str] = field(default_factory=list)
    attachments: list[EmailMessage] = field(default_factory=list)


def _blocks(message: EmailMessage, reading: _Reading, depth: int) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        raise RejectedError("deep_nesting", "mails in mails")
    parts = _Parts()
    _collect(message, parts, reading.warnings)
    # An invitation comes as a part and once more as an attachment.
    calendars = dict.fromkeys(tuple(calendar_blocks(text)) for text in parts.calendars)
    entries = [block for calendar in calendars for block in calendar if block.text]
    attachments = [
        block
        for number, part in enumerate(parts.attachments[:_MAX_ATTACHMENTS])
        for block in _attachment(part, reading.of_attachment(number), depth)
    ]
    if not (parts.body or entries or attachments or reading.pictures.pending):
        raise RejectedError("no_text", "no body")
    yield Block("\n".join(f"{name}: {value}" for name in _HEADERS if (value := header(message, name.lower()))))
    yield from parts.body
    yield from entries
    yield from attachments


def _collect(part: EmailMessage, parts: _Parts, warnings: list[str]) -> None:
    """Multiparts are walked in order; of alternatives the richer text is taken."""
    kind = part.get_content_type()
    if kind in _CALENDARS or extension(file_name(part)) == "ics":
        parts.calendars.append(_text_of(part))
    elif part.get_content_maintype() == "multipart" and part.is_multipart():
        collect = _collect_alternatives if kind == "multipart/alternative" else _collect_all
        collect(part, parts, warnings)
    elif kind in ("text/plain", "text/html") and not part.is_attachment() and not file_name(part):
        parts.body += _body_blocks(part, kind, warnings)
    elif kind not in _SIGNATURES:
        parts.attachments.append(part)


def _collect_all(part: EmailMessage, parts: _Parts, warnings: list[str]) -> None:
    for inner in _inner_parts(part):
        _collect(inner, parts, warnings)


def _collect_alternatives(part: EmailMessage, parts: _Parts, warnings: list[str]) -> None:
    plain: list[Block] = []
    html: list[Block] = []
    html_warnings: list[str] = []
    for inner in _inner_parts(part):
        found = _Parts()
        is_plain = inner.get_content_type() == "text/plain"
        _collect(inner, found, html_warnings)
        (plain if is_plain else html).extend(found.body)
        parts.calendars += found.calendars
        # Other texts, such as AMP, are the same once more.
        parts.attachments += [other for other in found.attachments if other.get_content_maintype() != "text"]
    chosen = richer(plain, html)
    parts.body += chosen
    warnings += html_warnings if chosen and chosen == html else []


def _inner_parts(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, EmailMessage)] if isinstance(payload, list) else []


def _body_blocks(part: EmailMessage, kind: str, warnings: list[str]) -> list[Block]:
    text = _text_of(part)
    if kind == "text/html":
        from voicehelper.ingestion.parsers.web.html import html_pieces

        return list(blocks_with_paths(html_pieces(text, warnings)))
    if (_parameter(part, "format") or "").lower() == "flowed":
        text = _FLOWED_BREAK.sub(" ", text.replace("\r\n", "\n"))
    return [block for block in text_blocks(text) if block.text.strip()]


def _parameter(part: EmailMessage, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except MALFORMED_HEADER:
        return None
    return value if isinstance(value, str) else None


def _text_of(part: EmailMessage) -> str:
    """Empty for bytes that are no text."""
    try:
        return decode(_content(part), part.get_content_charset() or "")[0]
    except RejectedError:
        return ""


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachment(part: EmailMessage, reading: _Reading, depth: int) -> list[Block]:
    """Its blocks, under its name. An unreadable one leaves a warning, but not a picture that shows no text."""
    name = file_name(part)
    try:
        if part.get_content_maintype() == "message" and (inner := _inner_parts(part)):
            name = name or header(inner[0], "subject") or "message"
            blocks = _attached_message(part, inner, reading, depth)
        else:
            blocks = _parse_part(part, name, reading)
    except RejectedError as error:
        if error.reason == "deep_nesting":
            raise
        if not _is_picture(part, name) or (reading.pictures.is_unread(page_reference(1)) and not _is_inline(part)):
            reading.warnings.append("attachment_not_read")
        return []
    return [_in_attachment(block, name) for block in blocks]


def _attached_message(part: EmailMessage, inner: list[EmailMessage], reading: _Reading, depth: int) -> list[Block]:
    if part.get_content_type() == "message/rfc822":
        return list(_blocks(inner[0], reading, depth + 1))
    # Reports of delivery consist of headers only.
    fields = (f"{key}: {header(report, key.lower())}" for report in inner for key in report)
    return [Block("\n".join(dict.fromkeys(fields)))]


def _is_picture(part: EmailMessage, name: str) -> bool:
    return TYPES_BY_EXTENSION.get(extension(_name_with_type(name, part.get_content_type()))) == "image"


def _is_inline(part: EmailMessage) -> bool:
    """Whether the body shows it: a signature's logo, or a screenshot that was pasted."""
    return not part.is_attachment() and "content-id" in part


def _parse_part(part: EmailMessage, name: str, reading: _Reading) -> list[Block]:
    from voicehelper.ingestion.parse import parse_document

    kind = part.get_content_type()
    content = _content(part)
    if _is_picture(part, name) and _is_inline(part) and not _is_worth_reading(content, reading.pictures):
        return []
    if part.get_content_maintype() == "text" and content:
        content = decode(content, part.get_content_charset() or "")[0].encode()
    parsed = parse_document(content, _name_with_type(name, kind), reading.pictures)
    reading.warnings.extend(parsed.warnings)
    return list(parsed.blocks)


def _is_worth_reading(content: bytes, pictures: Pictures) -> bool:
    """Of a picture in the body, as of those in other documents: whether it holds prose or a table."""
    from voicehelper.ingestion.parsers.office.part_pictures import may_hold_text
    from voicehelper.ingestion.parsers.pdf.scanned import holds_text

    if not may_hold_text(content):
        return False
    found = pictures.find(page_reference(1))
    return found is None or holds_text(found)


def _name_with_type(name: str, kind: str) -> str:
    if extension(name) in TYPES_BY_EXTENSION:
        return name
    default = "txt" if kind.startswith("text/") else ""
    suffix = _EXTENSIONS.get(kind, default)
    return f"{name or 'attachment'}.{suffix}" if suffix else name or "attachment"


def _in_attachment(block: Block, name: str) -> Block:
    place = replace(block.place, attachment=block.place.attachment or name)
    return replace(
        block,
        place=place if name else Place(),
        heading_path=(name, *block.heading_path) if name else block.heading_path,
    )
