"""What stands beside the text of a Word document: page headers and footers, footnotes, endnotes and comments.

Entry functions: ``margin_texts``, ``note_texts`` and ``comment_texts``, called by ``docx``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.common.tables import plain_row
from voicehelper.ingestion.parsers.office.docx_tables import table_rows
from voicehelper.ingestion.parsers.office.docx_text import PAGE_NUMBER, block_elements, run_text, text_boxes
from voicehelper.ingestion.parsers.office.ooxml import Element, Package, attribute, child, children, local

# "Page 3 of 12", "Seite 3/12", "第 3 页 共 12 页", with single spaces: the words around page numbers go with them.
_PAGE_COUNT = re.compile(
    rf"(?i)(?:\b(?:pages?|pag\.|página|pagina|seite|blatt|p\.|s\.)|第|-|–|—)? ?{PAGE_NUMBER} ?(?:页|頁|-|–|—)?"
    rf"(?: ?[,，]? ?(?:\bof\b|\bvon\b|\bde\b|\bsur\b|\bdi\b|/|\||共|总共) ?{PAGE_NUMBER} ?(?:页|頁|pages|seiten)?)?"
)
_EDGES = " \t|/·•,，;；-–—"
_EMPTY = re.compile(r"[\W_]*\d{0,3}[\W_]*")  # a page number that somebody typed counts as nothing
_MAX_ANCHOR = 120
_MAX_OPEN_COMMENTS = 64  # that overlap
_CHINESE = re.compile("[\u4e00-\u9fff]")


def margin_texts(package: Package, main: str, root: Element) -> Iterator[str]:
    """Lines of the page headers and footers in use, each once; page numbers are left out."""
    seen: set[str] = set()
    for part in _margin_parts(package, main, root):
        tree = package.decoration(part)
        for line in _lines(tree) if tree is not None else ():
            if line.casefold() not in seen:
                seen.add(line.casefold())
                yield line


def _margin_parts(package: Package, main: str, root: Element) -> list[str]:
    """In the order of the sections. Those for first and even pages count only where the document has such pages."""
    relations = package.relations(main)
    has_even = child(package.related_decoration(main, "settings"), "evenAndOddHeaders") is not None
    parts: dict[str, None] = {}
    for section in (item for item in root.iter() if local(item) == "sectPr"):
        has_first = child(section, "titlePg") is not None
        for reference in children(section, "headerReference", "footerReference"):
            is_used = {"first": has_first, "even": has_even}.get(attribute(reference, "type") or "", True)
            _, part = relations.get(attribute(reference, "id") or "", ("", ""))
            if part and is_used:
                parts[part] = None
    return list(parts)


def _lines(tree: Element) -> Iterator[str]:
    for element in block_elements(tree):
        if local(element) == "tbl":
            rows = table_rows(element, _marked_text)
            yield from filter(None, (_without_page_numbers(plain_row(row)) for row in rows))
            continue
        for paragraph in (
            element,
            *(inner for box in text_boxes(element) for inner in box.iter() if local(inner) == "p"),
        ):
            if line := _without_page_numbers(one_line(_marked_text(paragraph))):
                yield line


def _marked_text(paragraph: Element) -> str:
    return run_text(paragraph, marks_page_numbers=True).replace("\t", " | ")


def _without_page_numbers(line: str) -> str:
    """Empty where nothing but a page number is left."""
    parts = (
        _PAGE_COUNT.sub("", part).strip(_EDGES) if PAGE_NUMBER in part else part.strip() for part in line.split("|")
    )
    rest = " | ".join(filter(None, parts))
    return "" if _EMPTY.fullmatch(rest) else rest


def note_texts(package: Package, main: str) -> Iterator[str]:
    """Footnotes, then endnotes."""
    for kind in ("footnotes", "endnotes"):
        root = package.related_tree(main, kind)
        for note in root if root is not None else ():
            if attribute(note, "type") in (None, "normal"):
                yield _text(note)


def comment_texts(package: Package, main: str, root: Element) -> Iterator[str]:
    """Comments with the words they are about."""
    tree = package.related_decoration(main, "comments")
    comments = {
        attribute(item, "id") or "": item for item in (tree if tree is not None else ()) if local(item) == "comment"
    }
    anchors = _anchors(root) if comments else {}
    for comment_id, comment in comments.items():
        text, anchor = _text(comment), anchors.get(comment_id, "")
        if text:
            label = "批注" if _CHINESE.search(anchor or text) else "Comment"
            about = (f"“{anchor}”" if label == "批注" else f" on “{anchor}”") if anchor else ""
            yield f"{label}{about}: {text}"


def _anchors(root: Element) -> dict[str, str]:
    """Comment id → the words between its marks."""
    open_ids: dict[str, list[str]] = {}
    anchors: dict[str, str] = {}
    for item in root.iter():
        name, comment_id = local(item), attribute(item, "id") or ""
        if name == "commentRangeStart" and len(open_ids) < _MAX_OPEN_COMMENTS:
            open_ids[comment_id] = []
        elif name == "commentRangeEnd" and comment_id in open_ids:
            anchors[comment_id] = one_line("".join(open_ids.pop(comment_id)))[:_MAX_ANCHOR]
        elif name == "t" and open_ids:
            for words in open_ids.values():
                if len(words) < _MAX_ANCHOR:
                    words.append(item.text or "")
    return anchors


def _text(container: Element) -> str:
    return one_line(" ".join(run_text(paragraph) for paragraph in container.iter() if local(paragraph) == "p"))
