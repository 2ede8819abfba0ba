"""SmartArt: the texts of a diagram in the order of its tree, as list items.

Entry function: ``diagram_items``, called by ``docx`` and ``pptx``. Format: ECMA-376-1, 21.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from voicehelper.ingestion.parsers.common.cleaning import one_line
from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, children, local, number

_MAX_ITEMS = 2000


def diagram_items(root: Element) -> list[str]:
    """``root`` is a dgm:dataModel. An item below another names it: "- Sales › North region"."""
    texts = {attribute(point, "modelId") or "": _text(point) for point in children(child(root, "ptLst"), "pt")}
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in children(child(root, "cxnLst"), "cxn"):
        if attribute(link, "type") in (None, "parOf"):
            source, target = attribute(link, "srcId") or "", attribute(link, "destId") or ""
            below[source].append((number(attribute(link, "srcOrd")), target))
    targets = {target for links in below.values() for _, target in links}
    roots = [point for point in texts if point not in targets]
    seen: set[str] = set()
    items = [item for point in (*roots, *texts) for item in _items(point, texts, below, seen)]
    return [f"- {item}" for item in items[:_MAX_ITEMS]]


def _items(first: str, texts: dict[str, str], below: dict[str, list[tuple[int, str]]], seen: set[str]) -> Iterator[str]:
    """Depth first without recursion; every point once, since files may link points in a circle."""
    stack = [(first, "")]
    while stack:
        point, parent = stack.pop()
        if point in seen:
            continue
        seen.add(point)
        text = texts.get(point, "")
        if text:
            yield f"{parent} › {text}" if parent else text
        stack += [(target, text) for _, target in sorted(below.get(point, ()), reverse=True)]


def _text(point: Element) -> str:
    """Points for presentation and for lines between others have no text of their own."""
    if attribute(point, "type") in ("pres", "parTrans", "sibTrans"):
        return ""
    paragraphs = (item for item in point.iter() if local(item) == "p")
    return one_line(" ".join("".join(t.text or "" for t in item.iter() if local(t) == "t") for item in paragraphs))
