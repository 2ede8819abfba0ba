"""Removes the parts of a page that belong to the site: menus, link lists, search forms, cookie banners.

Entry function: ``remove_furniture``, called by ``html`` after hidden parts are gone. A name such as "share" or "search"
alone proves nothing: what reads as prose stays.
"""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from voicehelper.ingestion.parsers.web.measure import Measure, measure

_FRAMES: Final = (
    'nav, menu, aside, footer, header, [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"], '
    '[role="complementary"], [role="menu"]'
)
_NAVIGATION: Final = frozenset({"nav", "menu", "navigation", "search"})
_NAME: Final = re.compile(
    r"(?i)(^|[\s_-])(nav(bar|box|igation)?|(side|top|sub)?menu|sidebar|bread-?(crumbs?|trail)|footer|site-header|"
    r"pagination|toc|(mini)?toc-area|catlinks|editsection|cookies?(-?\w{1,20})?|consent|gdpr|share|sharing|social|"
    r"skip(-?link)?|search(box|form)?)($|[\s_-])"
)
_CONSENT_NAME: Final = re.compile(r"(?i)cookie|consent|gdpr")
_BANNER_NAME: Final = re.compile(r"(?i)banner|notice|consent|popup|modal|overlay|(^|[\s_-])bar($|[\s_-])|cookiebar")
_ACCEPTING: Final = re.compile(
    r"(?i)accept|agree|allow|reject|decline|got it|\bok(ay)?\b|akzept|zustimm|ablehn|accepter|refuser|aceptar|rechazar|"
    r"принять|接受|同意|拒绝|拒絕|知道了|同意する"
)
_CONTENT: Final = frozenset({"html", "body", "main", "article"})
_SECTIONS: Final = frozenset({"main", "article", "section", "td", "li", "dd"})
_MAX_NAMES: Final = 1_000  # characters of class and id
_MAX_BANNER_WIDTH: Final = 1_500
_MIN_CONTACT: Final = 12  # columns of text with digits, such as a telephone number
_MOST: Final = 0.5
_NEARLY_ALL: Final = 0.8


def remove_furniture(tree: LexborHTMLParser) -> bool:
    """Whether text was among it."""
    body = tree.body
    if body is None:
        return False
    removed = [_remove_frames(tree), _remove_named(tree), _remove_around_main(tree, body)]
    return any(removed)


def _remove_frames(tree: LexborHTMLParser) -> bool:
    removed = False
    for node in tree.css(_FRAMES):
        if node.parent is not None and not _holds_content(node) and _is_frame_furniture(node, measure(node)):
            removed |= _remove(node)
    return removed


def _remove_named(tree: LexborHTMLParser) -> bool:
    removed = False
    for node in tree.css("[class], [id]"):
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"[:_MAX_NAMES]
        if node.parent is None or not _NAME.search(names) or _holds_content(node):
            continue
        if _is_named_furniture(node, names, measure(node)):
            removed |= _remove(node)
    return removed


def _remove(node: LexborNode) -> bool:
    has_text = bool((node.text(deep=True) or "").strip())
    node.decompose()
    return has_text


def _holds_content(node: LexborNode) -> bool:
    return node.tag in _CONTENT or node.css_first("main, article, h1") is not None


def _is_frame_furniture(node: LexborNode, size: Measure) -> bool:
    if size.link_share >= _MOST:
        return True
    is_navigation = {node.tag or "", node.attributes.get("role") or ""} & _NAVIGATION
    return not size.is_prose if is_navigation else not _is_inside_content(node) and not _tells_something(size)


def _tells_something(size: Measure) -> bool:
    return size.is_prose or (size.has_digit and size.unlinked >= _MIN_CONTACT)


def _is_inside_content(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in _SECTIONS:
            return True
        parent = parent.parent
    return False


def _is_named_furniture(node: LexborNode, names: str, size: Measure) -> bool:
    if _CONSENT_NAME.search(names) and size.width < _MAX_BANNER_WIDTH and _is_banner(node, names):
        return True
    if size.link_share >= (_NEARLY_ALL if size.has_digit else _MOST):  # dishes that are links have their prices beside
        return True
    return not size.has_digit and size.unlinked < _MIN_CONTACT


def _is_banner(node: LexborNode, names: str) -> bool:
    controls = node.css("button, input, [role=button], a")
    if not controls or len(node.css("h1, h2, h3, table")) > 1:
        return False
    texts = " ".join(control.text(deep=True) or control.attributes.get("value") or "" for control in controls)
    return _BANNER_NAME.search(names) is not None or _ACCEPTING.search(texts[:_MAX_NAMES]) is not None


def _remove_around_main(tree: LexborHTMLParser, body: LexborNode) -> bool:
    """What stands beside the main content and tells nothing of its own."""
    node = _main(tree, body)
    removed = False
    while node is not None and node.parent is not None and node.mem_id != body.mem_id:
        parent = node.parent
        for sibling in [*parent.iter()]:
            is_beside = sibling.mem_id != node.mem_id and not _holds_content(sibling)
            if is_beside and not _tells_something(size := measure(sibling)) and size.width:
                removed |= _remove(sibling)
        node = parent
    return removed


def _main(tree: LexborHTMLParser, body: LexborNode) -> LexborNode | None:
    """The element marked as the main content, if it holds at least 40 % of the text."""
    total = len(body.text(deep=True))
    for selector in ("main", '[role="main"]', "article"):
        nodes = tree.css(selector)
        if len(nodes) == 1 and len(nodes[0].text(deep=True)) > 0.4 * total:
            return nodes[0]
    return None
