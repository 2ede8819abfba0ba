"""Web pages: the content without menus, scripts and what the page itself hides. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from voicehelper.ingestion.parsed_document import Block, BlockKind, ParsedDocument
from voicehelper.ingestion.parsers.common.cleaning import clean_text, one_line
from voicehelper.ingestion.parsers.common.decoding import decode
from voicehelper.ingestion.parsers.common.documents import MAX_CHARACTERS, build_document, document_title
from voicehelper.ingestion.parsers.common.headings import HeadingPath
from voicehelper.ingestion.parsers.common.tables import table_lines

_UNSEEN = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, head, select, button, input, textarea, "
    "[hidden], dialog"
)
_FURNITURE = 'nav, footer, aside, menu, [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"]'
_NAMES = re.compile(
    r"(?i)(^|[\s_-])(nav(bar|box|igation)?|(side|top|sub)?menu|sidebar|bread-?(crumbs?|trail)|footer|site-header|"
    r"pagination|toc|(mini)?toc-area|catlinks|editsection|cookies?|share|social|skip(-?link)?|search(box|form)?)($|[\s_-])"
)
_HIDING = re.compile(r"([^{}]+)\{[^{}]*(?:display\s*:\s*none|visibility\s*:\s*hidden)[^{}]*\}", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(px|pt|em|;|$)")
_CHARSET = re.compile(rb"(?i)<meta[^>]+charset\s*=\s*[\"']?([\w-]+)")
_BLOCKS = frozenset(
    {
        "address", "article", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "header", "hr", "html", "li", "main", "ol",
        "p", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
        "ul", "center",
    }
)  # fmt: skip


def parse(content: bytes, filename: str) -> ParsedDocument:
    text, warnings = _decoded(content)
    tree = LexborHTMLParser(text)
    heading = tree.css_first("title")
    title = document_title(filename, heading.text(deep=True) if heading else None)
    return build_document(title, list(html_blocks(tree)), warnings=warnings)


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The encoding the page declares, where its bytes agree; else as for any text."""
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode().lower() if declared else ""
    codec = {"gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)
    if not codec or len(content) > MAX_CHARACTERS:
        return decode(content)
    try:
        return content.decode(codec), []
    except (LookupError, UnicodeDecodeError):
        return decode(content)


def html_text_blocks(text: str) -> list[Block]:
    return list(html_blocks(LexborHTMLParser(text)))


def html_blocks(tree: LexborHTMLParser) -> Iterator[Block]:
    hidden = _hidden_selectors(tree)
    body = tree.body
    if body is None:
        return
    _strip(tree, hidden)
    headings = HeadingPath()
    for kind, level, text in _pieces(_main(tree) or body):
        if kind == "heading":
            headings.enter(level, one_line(text))
        yield Block(text, kind, heading_path=headings.path)


def _hidden_selectors(tree: LexborHTMLParser) -> list[str]:
    """Plain class and id selectors that the page's own style sheets hide."""
    found: list[str] = []
    for style in tree.css("style"):
        for selectors in _HIDING.findall(re.sub(r"(?s)/\*.*?\*/|@media[^{]*\{", "", style.text(deep=True) or "")):
            found += [part.strip() for part in selectors.split(",") if re.fullmatch(r"\s*[\w-]*[.#][\w-]+\s*", part)]
    return found


def _strip(tree: LexborHTMLParser, hidden: list[str]) -> None:
    for selector in (_UNSEEN, _FURNITURE, *hidden):
        for node in tree.css(selector):
            node.decompose()
    for node in tree.css("[style], [aria-hidden], [class], [id], header"):
        if node.parent is not None and _is_furniture(node):
            node.decompose()


def _is_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    if node.tag in ("html", "body", "main", "article") or node.css_first("main, article"):
        return False
    if attributes.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(attributes.get("style") or ""):
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    named = _NAMES.search(names) is not None and node.css_first("h1") is None
    return named or (node.tag == "header" and node.css_first("h1, h2") is None)


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """The part marked as the content, if most of the text is in it."""
    whole = len(tree.body.text(deep=True)) if tree.body else 0
    for selector in ("main", '[role="main"]', "article"):
        found = tree.css(selector)
        if len(found) == 1 and len(found[0].text(deep=True)) > 0.4 * whole:
            return found[0]
    return None


Piece = tuple[BlockKind, int, str]


def _pieces(root: LexborNode) -> Iterator[Piece]:
    """Walk without recursion: a page may be nested deeper than the stack."""
    gathered: list[str] = []
    kind: BlockKind = "paragraph"
    for node, entering in _walk(root):
        tag = node.tag or ""
        if tag == "-text":
            gathered.append(node.text(deep=False) or "") if entering else None
            continue
        special = _special(node) if entering else None
        if special or tag in _BLOCKS or tag == "br":
            text = clean_text(re.sub(r"\s+", " ", "".join(gathered)))
            if tag == "br" and entering:
                gathered.append("\n")
                continue
            if text.strip():
                yield kind, 0, text
            gathered = []
            kind = "list_item" if tag == "li" and entering else "paragraph"
        if special:
            yield special
    text = clean_text(" ".join("".join(gathered).split()))
    if text:
        yield kind, 0, text


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """(node, True) on the way in and (node, False) on the way out; what ``_special`` took whole is not entered."""
    node: LexborNode | None = root
    while node is not None:
        yield node, True
        below = node.child if not _is_whole(node) else None
        if below is not None:
            node = below
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
    return node.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "pre") or (node.tag == "table" and _is_data(node))


def _special(node: LexborNode) -> Piece | None:
    tag = node.tag or ""
    if re.fullmatch("h[1-6]", tag):
        text = one_line(node.text(deep=True, separator=""))
        return ("heading", int(tag[1]), text) if text else None
    if tag == "pre":
        return "code", 0, clean_text(node.text(deep=True))
    if tag == "table" and _is_data(node):
        return "table", 0, "\n".join(table_lines(_rows(node)))
    return None


def _is_data(table: LexborNode) -> bool:
    """Rows of several cells, and nothing in them that wants a structure of its own: else it only arranges the page."""
    if table.css_first("table table, h1, h2, h3") is not None:
        return False
    return sum(len(row.css("td, th")) > 1 for row in table.css("tr")) >= 1


def _rows(table: LexborNode) -> list[list[str]]:
    """Rows on one grid; a cell over several rows or columns has its text in each place."""
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column → (rows left, text)
    for row in table.css("tr"):
        cells: list[str] = []
        hanging: dict[int, tuple[int, str]] = {}
        for cell in row.css("td, th"):
            _fill(cells, below)
            text = one_line(cell.text(deep=True, separator=" "))
            for _ in range(_span(cell, "colspan")):
                if (height := _span(cell, "rowspan")) > 1:
                    hanging[len(cells)] = (height - 1, text)
                cells.append(text)
        _fill(cells, below)
        below |= hanging
        rows.append(cells)
    return rows


def _fill(cells: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Put in what hangs down from rows above at the next free columns."""
    while len(cells) in below:
        column = len(cells)
        left, text = below.pop(column)
        cells.append(text)
        if left > 1:
            below[column] = (left - 1, text)


def _span(cell: LexborNode, name: str) -> int:
    value = cell.attributes.get(name) or "1"
    return min(max(int(value), 1), 100) if value.isdigit() else 1
