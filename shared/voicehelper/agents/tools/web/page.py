"""A fetched body → its title and text, by the product's own parsers; ``read_page`` is the entry, for ``fetch_url``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from voicehelper.agents.tools.bounds import shortened
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.web.html import parse
from voicehelper.text.marks import without_marks

_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXT: Final = frozenset(
    {"text/plain", "text/markdown", "text/csv", "text/xml", "application/json", "application/xml", "application/yaml"}
)
_MAX_TITLE_CHARS: Final = 200
_SNIFFED_BYTES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    text: str


def read_page(body: bytes, *, kind: str, charset: str, url: str) -> Page:
    """ToolError FETCH_TYPE_UNSUPPORTED or FETCH_UNREADABLE. ``url`` names a page that has no title of its own."""
    try:
        page = _read(body, kind or _sniffed(body), charset)
    except RejectedError as error:
        raise ToolError("FETCH_UNREADABLE", str(error)) from error
    title = page.title or unquote(urlsplit(url).path.rsplit("/", 1)[-1]) or urlsplit(url).hostname or url
    return Page(shortened(title, _MAX_TITLE_CHARS), without_marks(page.text))


def _sniffed(body: bytes) -> str:
    """The type of a body that is sent without one."""
    start = body[:_SNIFFED_BYTES].lstrip().lower()
    return "text/html" if start.startswith((b"<!doctype html", b"<html")) else "text/plain"


def _read(body: bytes, kind: str, charset: str) -> Page:
    if kind in _HTML:
        return _read_html(body, charset)
    if kind in _TEXT or kind.endswith(("+json", "+xml")):
        return Page("", decode(body, charset)[0])
    raise ToolError("FETCH_TYPE_UNSUPPORTED", type=kind[:80])


def _read_html(body: bytes, charset: str) -> Page:
    """What the server says of the encoding comes before what the page says: its text then begins with a mark."""
    content = b"\xef\xbb\xbf" + decode(body, charset)[0].encode("utf-8", "replace") if charset else body
    parsed = parse(content, "")
    return Page("" if parsed.title == "document" else parsed.title, "\n".join(block.text for block in parsed.blocks))
