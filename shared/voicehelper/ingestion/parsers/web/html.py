"""Web pages: the content without menus, scripts and what the page itself hides. Nothing is fetched.

Entry functions: ``parse`` for a page, called by ``ingestion.parse``; ``html_pieces`` for the HTML in mail and Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from voicehelper.ingestion.parsed_document import BlockKind, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import build_document, document_title
from voicehelper.ingestion.parsers.common.headings import Piece, blocks_with_paths
from voicehelper.ingestion.parsers.common.tables import table_lines
from voicehelper.ingestion.parsers.web.nesting import limit_nesting

_INVISIBLE_TAGS = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, head, select, button, input, textarea, "
    "[hidden], dialog"
)
_FURNITURE = 'nav, footer, aside, menu, [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"]'
_FURNITURE_NAME = re.compile(
    r"(?i)(^|[\s_-])(nav(bar|box|igation)?|(side|top|sub)?menu|sidebar|bread-?(crumbs?|trail)|footer|site-header|"
    r"pagination|toc|(mini)?toc-area|catlinks|editsection|cookies?|share|social|skip(-?link)?|search(box|form)?)($|[\s_-])"
)
_HIDING = re.compile(r"(?i)display\s{0,20}:\s{0,20}none|visibility\s{0,20}:\s{0,20}hidden")
_HIDDEN_STYLE = re.compile(rf"{_HIDING.pattern}|font-size\s{{0,20}}:\s{{0,20}}0(px|pt|em|;|$)")
_PLAIN_SELECTOR = re.compile(r"[\w-]{0,100}[.#][\w-]{1,200}")  # ".class", "#id", "tag.class", "tag#id"
_CHARSET = re.compile(rb"(?i)<meta[^<>]+?charset\s{0,20}=\s{0,20}[\"']?([\w-]{1,40})")
_SPACES = re.compile(r"\s+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MAX_REPEATED_CELLS = 100_000  # of one table, in all places of cells that span rows or columns
_BLOCK_TAGS = frozenset(
    {
        "address", "article", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "ol",
        "p", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "ul", "center",
    }
)  # fmt: skip


def parse(content: bytes, filename: str) -> ParsedDocument:
    text, warnings = _decode(content)
    tree = LexborHTMLParser(limit_nesting(text))
    title_tag = tree.css_first("title")
    title = document_title(filename, title_tag.text(deep=True) if title_tag else None)
    return build_document(title, blocks_with_paths(_content_pieces(tree)), warnings=warnings)


def html_pieces(text: str) -> list[Piece]:
    """The pieces of a fragment, by the same rules as those of a page."""
    return list(_content_pieces(LexborHTMLParser(limit_nesting(text))))


def _decode(content: bytes) -> tuple[str, list[str]]:
    declared = _CHARSET.search(content[:4096])
    return decode(content, declared[1].decode() if declared else "")


def _content_pieces(tree: LexborHTMLParser) -> Iterator[Piece]:
    body = tree.body
    if body is None:
        return
    _remove_invisible_parts(tree)
    yield from _pieces(_main(tree) or body)


def _hidden_selectors(tree: LexborHTMLParser) -> frozenset[str]:
    """Plain class and id selectors that the page's own style sheets hide."""
    return frozenset(name for style in tree.css("style") for name in hidden_selectors(style.text(deep=True) or ""))


def hidden_selectors(style_sheet: str) -> Iterator[str]:
    """Split at braces instead of matched as a whole, since embedded fonts and pictures are long values."""
    for rule in _without_comments(style_sheet).split("}"):
        head, _, declarations = rule.rpartition("{")
        if _HIDING.search(declarations):
            selectors = head.rpartition("{")[2]  # after "@media … {"
            yield from filter(_PLAIN_SELECTOR.fullmatch, (part.strip() for part in selectors.split(",")))


def _without_comments(style_sheet: str) -> str:
    first, *others = style_sheet.split("/*")
    return "".join([first, *(other.partition("*/")[2] for other in others)])


def _remove_invisible_parts(tree: LexborHTMLParser) -> None:
    hidden = _hidden_selectors(tree)  # read before the style sheets are removed
    for selector in (_INVISIBLE_TAGS, _FURNITURE):
        for node in tree.css(selector):
            node.decompose()
    for node in tree.css("[style], [aria-hidden], [class], [id], header"):
        if node.parent is not None and (_is_hidden_by(hidden, node) or _is_furniture(node)):
            node.decompose()


def _is_hidden_by(hidden: frozenset[str], node: LexborNode) -> bool:
    if not hidden:
        return False
    names = [f".{name}" for name in (node.attributes.get("class") or "").split()]
    names.append(f"#{node.attributes.get('id')}")
    return any(name in hidden or f"{node.tag}{name}" in hidden for name in names)


def _is_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    if node.tag in ("html", "body", "main", "article") or node.css_first("main, article"):
        return False
    if attributes.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(attributes.get("style") or ""):
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    has_furniture_name = _FURNITURE_NAME.search(names) is not None and node.css_first("h1") is None
    return has_furniture_name or (node.tag == "header" and node.css_first("h1, h2") is None)


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """The element marked as the main content, if it holds at least 40 % of the text."""
    total = len(tree.body.text(deep=True)) if tree.body else 0
    for selector in ("main", '[role="main"]', "article"):
        nodes = tree.css(selector)
        if len(nodes) == 1 and len(nodes[0].text(deep=True)) > 0.4 * total:
            return nodes[0]
    return None


def _pieces(root: LexborNode) -> Iterator[Piece]:
    """Text between the borders of block elements, and headings, code and tables as wholes."""
    inline: list[str] = []
    kind: BlockKind = "paragraph"
    for node, entering in _walk(root):
        tag = node.tag or ""
        if tag == "-text":
            inline.append(node.text(deep=False) or "") if entering else None
            continue
        whole = _whole_piece(node) if entering else None
        if whole or tag in _BLOCK_TAGS or tag == "br":
            text = clean_text(_SPACES.sub(" ", "".join(inline)))
            if tag == "br" and entering:
                inline.append("\n")
                continue
            if text.strip():
                yield Piece(kind, text)
            inline = []
            kind = "list_item" if tag == "li" and entering else "paragraph"
        if whole:
            yield whole
    text = clean_text(" ".join("".join(inline).split()))
    if text:
        yield Piece(kind, text)


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """(node, True) on entering and (node, False) on leaving, without recursion: pages nest deeper than the stack.

    The content of an element that makes a whole piece is not visited.
    """
    node: LexborNode | None = root
    while node is not None:
        yield node, True
        first_child = node.child if not _is_whole(node) else None
        if first_child is not None:
            node = first_child
            continue
        while node is not None:
            yield node, False
            if node.mem_id == root.mem_id:
                return
            if node.next is not None:
                node = node.next
                break
            node = node.parent


def _is_whole(node: LexborNode) -> bool:
    return node.tag in _HEADINGS or node.tag == "pre" or (node.tag == "table" and _is_data(node))


def _whole_piece(node: LexborNode) -> Piece | None:
    """The piece that an element makes by itself; None for elements whose children are visited."""
    tag = node.tag or ""
    if tag in _HEADINGS:
        text = one_line(node.text(deep=True, separator=""))
        return Piece("heading", text, int(tag[1])) if text else None
    if tag == "pre":
        return Piece("code", clean_text(node.text(deep=True)))
    if tag == "table" and _is_data(node):
        return Piece("table", "\n".join(table_lines(_rows(node))))
    return None


def _is_data(table: LexborNode) -> bool:
    """Whether a table holds data: some row has several cells, and no cell a heading or table. Others are for layout."""
    if table.css_first("table table, h1, h2, h3") is not None:
        return False
    return sum(len(row.css("td, th")) > 1 for row in table.css("tr")) >= 1


def _rows(table: LexborNode) -> list[list[str]]:
    """Rows of the table's grid; a cell that spans rows or columns repeats its text in each place."""
    rows: list[list[str]] = []
    spanning: dict[int, tuple[int, str]] = {}  # column → (rows left, text) of cells from rows above
    room = _MAX_REPEATED_CELLS
    for row in table.css("tr"):
        cells: list[str] = []
        started: dict[int, tuple[int, str]] = {}
        for cell in row.css("td, th"):
            _add_spanning_cells(cells, spanning)
            text = one_line(cell.text(deep=True, separator=" "))
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            room -= width * height - 1
            if room < 0:
                width = height = 1
            for _ in range(width):
                if height > 1:
                    started[len(cells)] = (height - 1, text)
                cells.append(text)
        _add_spanning_cells(cells, spanning)
        spanning |= started
        rows.append(cells)
    return rows


def _add_spanning_cells(cells: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Appends the cells that reach down from rows above, as long as they cover the next column."""
    while len(cells) in spanning:
        column = len(cells)
        rows_left, text = spanning.pop(column)
        cells.append(text)
        if rows_left > 1:
            spanning[column] = (rows_left - 1, text)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    is_number = value.isascii() and value.isdigit() and len(value) <= 9
    return min(max(int(value), 1), 100) if is_number else 1
