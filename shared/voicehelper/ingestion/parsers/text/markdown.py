"""Markdown, line by line: headings, fenced code, tables and lists; comments and raw tags are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicehelper.ingestion.parsed_document import Block, BlockKind, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, join_wrapped
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import named_row

_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+\S")
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})\s*$")


def parse(content: bytes, filename: str) -> ParsedDocument:
    text, warnings = decode(content)
    return build_document(document_title(filename), markdown_blocks(text), warnings=warnings)


def markdown_blocks(text: str) -> Iterator[Block]:
    headings = HeadingPath()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for kind, level, body in _pieces(_FRONT_MATTER.sub("", text, count=1).split("\n")):
        if kind == "heading":
            headings.enter(level, body)
        yield Block(body, kind, heading_path=headings.path)


Piece = tuple[BlockKind, int, str]


def _pieces(lines: list[str]) -> Iterator[Piece]:
    at, open_lines = 0, list[str]()
    lines = _without_comments(lines)
    while at < len(lines):
        taken, piece = _special(lines, at)
        if taken or not lines[at].strip() or _ITEM.match(lines[at]):
            yield from _paragraph(open_lines)
            open_lines = []
        if piece:
            yield piece
        if not taken and lines[at].strip():
            open_lines.append(lines[at])
        at += taken or 1
    yield from _paragraph(open_lines)


def _special(lines: list[str], at: int) -> tuple[int, Piece | None]:
    """(lines taken, piece) where a construct of several lines, or a heading, begins; (0, None) elsewhere."""
    line = lines[at]
    if fence := _FENCE.match(line):
        return _code(lines, at, fence[1])
    if heading := _HEADING.match(line):
        return 1, ("heading", len(heading[1]), _inline(heading[2]))
    below = lines[at + 1] if at + 1 < len(lines) else ""
    if "|" in line and "-" in below and _RULE.match(below) and _cells(line):
        return _table(lines, at)
    if line.strip() and _UNDERLINE.match(below) and not _ITEM.match(line) and (at == 0 or not lines[at - 1].strip()):
        return 2, ("heading", 1 if "=" in below else 2, _inline(line))
    return 0, None


def _code(lines: list[str], at: int, fence: str) -> tuple[int, Piece]:
    end = at + 1
    while end < len(lines) and not lines[end].strip().startswith(fence):
        end += 1
    body = "\n".join(line.rstrip() for line in lines[at + 1 : end])
    return end + 1 - at, ("code", 0, body.strip("\n"))


def _table(lines: list[str], at: int) -> tuple[int, Piece]:
    end = at + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    names = _cells(lines[at])
    rows = [named_row(names, _cells(line)) for line in lines[at + 2 : end]]
    return end - at, ("table", 0, "\n".join(row for row in rows if row) or " | ".join(names))


def _cells(line: str) -> list[str]:
    return [_inline(cell.replace("\\|", "|")) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _paragraph(lines: list[str]) -> Iterator[Piece]:
    text = ""
    for line in lines:
        text = join_wrapped(text, _inline(line))
    if text:
        yield ("list_item" if _ITEM.match(lines[0]) else "paragraph"), 0, text


def _inline(text: str) -> str:
    """What a reader of the rendered page sees, and the targets of links to other places."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\((https?://[^\s)]+)[^)]*\)", _link, text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    code: list[str] = re.split(r"(`+[^`]+`+)", text)
    return clean_text("".join(part.strip("`") if part.startswith("`") else _unmarked(part) for part in code)).strip()


def _link(match: re.Match[str]) -> str:
    return match[2] if match[1] == match[2] else f"{match[1]} ({match[2]})"


def _unmarked(text: str) -> str:
    text = re.sub(r"</?[A-Za-z][^<>]*>", "", re.sub(r"(?i)<br\s*/?>", " ", text))
    text = re.sub(r"(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|<>~-])", r"\1", re.sub(r"^\s*>\s?", "", text))


def _without_comments(lines: list[str]) -> list[str]:
    text = "\n".join(lines)
    return _COMMENT.sub("", text).split("\n") if "<!--" in text else lines
