"""Reads the headers of a mail as their sender meant them, whatever encoding they declare.

Entry functions, called by ``eml``: ``header`` and ``file_name``; ``BoundedHeaders`` is the policy mails are read with.
"""

from __future__ import annotations

import binascii
import email.policy
import quopri
import re
from email.message import Message
from typing import Any, Final

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.decoding import decode

MAX_HEADER_CHARACTERS: Final = (
    2_000  # of one header; the standard library reads recipients and parameters in quadratic time
)
# What the standard library raises.
MALFORMED_HEADER: Final = (ValueError, IndexError, AttributeError, TypeError, RecursionError)
_WORD: Final = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\s]*)\?=")
_WORDS: Final = re.compile(rf"{_WORD.pattern}(?:\s+{_WORD.pattern})*")


class BoundedHeaders(email.policy.EmailPolicy):
    """Cuts long headers as they are read, before anything looks into them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARACTERS]


def header(message: Message[Any, Any], name: str) -> str:
    """The first header of the name on one line; empty without one."""
    values = (value for key, value in message.raw_items() if key.lower() == name)
    return one_line(_decode_words(_repaired(str(next(values, "")))))


def file_name(part: Message[Any, Any]) -> str:
    try:
        return one_line(_decode_words(_repaired(part.get_filename() or "")))
    except MALFORMED_HEADER:
        return ""


def _repaired(value: str) -> str:
    """Bytes that a header holds without naming their encoding arrive as lone surrogates."""
    try:
        raw = value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return value
    return _text(raw, "") if not value.isascii() else value


def _decode_words(value: str) -> str:
    """Neighbouring encoded words are read as one: some programs cut them inside a character (RFC 2047 forbids it)."""
    return _WORDS.sub(lambda match: _decode_run(match[0]), value)


def _decode_run(words: str) -> str:
    texts: list[tuple[str, bytes]] = []
    for charset, kind, payload in _WORD.findall(words):
        raw = _payload(kind.lower(), payload)
        if texts and texts[-1][0] == charset.lower():
            raw = texts.pop()[1] + raw
        texts.append((charset.lower(), raw))
    return "".join(_text(raw, charset) for charset, raw in texts)


def _payload(kind: str, payload: str) -> bytes:
    content = payload.encode("ascii", "ignore")
    if kind == "q":
        return quopri.decodestring(content, header=True)
    try:
        return binascii.a2b_base64(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return content


def _text(raw: bytes, charset: str) -> str:
    try:
        return decode(raw, charset)[0]
    except RejectedError:
        return ""
