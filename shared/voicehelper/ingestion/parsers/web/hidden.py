"""Removes what a page does not show: scripts and forms, and text that is hidden, unless the page has a way to open it.

Entry functions, called by ``html``: ``remove_hidden_parts`` before anything else is read, and ``remove_buttons`` once
they have shown what is furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from voicehelper.ingestion.parsers.web.measure import measure

_NEVER_SHOWN: Final = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, audio, video, head, select, input, "
    "textarea, dialog:not([open])"
)
_HIDING: Final = re.compile(r"(?i)display\s{0,20}:\s{0,20}none|visibility\s{0,20}:\s{0,20}hidden")
_SHOWING: Final = re.compile(r"(?i)display\s{0,20}:\s{0,20}(?!none)[a-z]|visibility\s{0,20}:\s{0,20}visible")
_HIDDEN_STYLE: Final = re.compile(rf"{_HIDING.pattern}|font-size\s{{0,20}}:\s{{0,20}}0(px|pt|em|;|$)")
_PLAIN_SELECTOR: Final = re.compile(r"[\w-]{0,100}[.#][\w-]{1,200}")  # ".class", "#id", "tag.class", "tag#id"
_NAME: Final = re.compile(r"[.#][\w-]{1,200}")
_LAST_PART: Final = re.compile(r"[^\s>+~]{1,400}\Z")
_WORD: Final = re.compile(r"[\w-]{1,200}")
_SCRIPTED_NAME: Final = re.compile(
    r"[\"'`](?:[^\"'`\s]{0,100}\s)?([.#][\w-]{1,200})[\"'`]"
    r"|(?:getElementById|classList\.(?:toggle|remove))\(\s{0,9}[\"'`]([\w-]{1,200})"
)
_MAX_SCRIPT: Final = 200_000  # characters that are searched for names
# Elements that open what is hidden, and the attributes that name it.
_CONTROLS: Final = (
    "button, summary, [role=button], [role=tab], [aria-expanded], [onclick], [data-toggle], [data-bs-toggle], "
    'a[href="#"], a[href^="javascript:"]'
)
_POINTING: Final = f'{_CONTROLS}, [aria-controls], a[href^="#"]'
_POINTERS: Final = ("aria-controls", "data-target", "data-bs-target", "popovertarget", "commandfor", "onclick", "href")
_OPENED_CLASS: Final = re.compile(
    r"(?i)(^|[\s_-])(collapse|collapsible|(accordion|faq|toggle|panel)[\w-]{0,20}(body|content|panel|collapse|answer|text)"
    r"|tab-?(pane|panel|content))($|[\s_-])"
)
_MIN_TEXT: Final = 12  # characters; hidden icons and marks need no warning
_MAX_LINKS: Final = 0.5  # of what opens; a menu is mostly links


class Hidden(NamedTuple):
    """Whether text was removed that somebody may miss, and the ids of buttons that are labels of what they open."""

    is_missed: bool
    labels: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Page:
    """Names with their "." or "#" that style sheets hide or that a control or script of the page opens."""

    hidden: frozenset[str]
    opened: frozenset[str]


def remove_hidden_parts(tree: LexborHTMLParser) -> Hidden:
    page = _page(tree)  # read before the style sheets and scripts are removed
    is_missed = False
    for node in tree.css(_NEVER_SHOWN):
        node.decompose()
    for node in tree.css("[hidden], [style], [aria-hidden], [class], [id]"):
        if node.parent is not None and _is_hidden(node, page) and not _opens(node, page):
            is_missed |= measure(node).unlinked >= _MIN_TEXT
            node.decompose()
    return Hidden(is_missed, frozenset(button.mem_id for button in tree.css("button") if _is_label(button, page)))


def remove_buttons(tree: LexborHTMLParser, labels: frozenset[int]) -> None:
    for node in tree.css("button"):
        if node.parent is not None and node.mem_id not in labels:
            node.decompose()


def _page(tree: LexborHTMLParser) -> _Page:
    sheets = [style.text(deep=True) or "" for style in tree.css("style")]
    hidden = frozenset(name for sheet in sheets for name in hidden_selectors(sheet))
    opened = {name for sheet in sheets for name in _revealed_names(sheet)}
    return _Page(hidden, frozenset(opened | _controlled_names(tree) | _names_in_scripts(tree)))


def hidden_selectors(style_sheet: str) -> Iterator[str]:
    """Plain class and id selectors that a style sheet hides."""
    for selectors, declarations in _rules(style_sheet):
        if _HIDING.search(declarations):
            yield from filter(_PLAIN_SELECTOR.fullmatch, selectors)


def _revealed_names(style_sheet: str) -> Iterator[str]:
    """Names that a style sheet shows in some state only, as in ".open .answer" or "#box:checked ~ .answer"."""
    for selectors, declarations in _rules(style_sheet):
        if _SHOWING.search(declarations):
            for selector in selectors:
                if not _PLAIN_SELECTOR.fullmatch(selector) and (last := _LAST_PART.search(selector[-1000:])):
                    yield from _NAME.findall(last[0])


def _rules(style_sheet: str) -> Iterator[tuple[list[str], str]]:
    """Split at braces instead of matched as a whole, since embedded fonts and pictures are long values."""
    for rule in _without_comments(style_sheet).split("}"):
        head, _, declarations = rule.rpartition("{")
        yield [part.strip() for part in head.rpartition("{")[2].split(",")], declarations  # after "@media … {"


def _without_comments(style_sheet: str) -> str:
    first, *others = style_sheet.split("/*")
    return "".join([first, *(other.partition("*/")[2] for other in others)])


def _controlled_names(tree: LexborHTMLParser) -> set[str]:
    names: set[str] = set()
    for node in tree.css(_POINTING):
        for value in (node.attributes.get(pointer) for pointer in _POINTERS):
            names.update(f"#{word}" for word in _WORD.findall((value or "")[:1000]))
        for pointer in ("data-target", "data-bs-target"):
            names.update(_NAME.findall((node.attributes.get(pointer) or "")[:1000]))
    return names


def _names_in_scripts(tree: LexborHTMLParser) -> set[str]:
    """Names that scripts look up, as in ``$(".answer")`` or ``getElementById("answer")``."""
    names: set[str] = set()
    for script in tree.css("script"):
        for selector, name in _SCRIPTED_NAME.findall((script.text(deep=True) or "")[:_MAX_SCRIPT]):
            names.update((selector,) if selector else (f"#{name}", f".{name}"))
    return names


def _names(node: LexborNode) -> list[str]:
    attributes = node.attributes
    names = [f".{name}" for name in (attributes.get("class") or "").split()]
    return [*names, f"#{attributes['id']}"] if attributes.get("id") else names


def _is_hidden(node: LexborNode, page: _Page) -> bool:
    if node.tag in ("html", "body"):
        return False
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search((attributes.get("style") or "")[:10_000]):
        return True
    return bool(page.hidden) and any(name in page.hidden or f"{node.tag}{name}" in page.hidden for name in _names(node))


def _opens(node: LexborNode, page: _Page) -> bool:
    attributes = node.attributes
    is_opened = (
        attributes.get("hidden") == "until-found"
        or attributes.get("role") == "tabpanel"
        or any(name in page.opened for name in _names(node))
        or _OPENED_CLASS.search((attributes.get("class") or "")[:1000]) is not None
        or _follows_control(node)
    )
    return is_opened and measure(node).link_share < _MAX_LINKS


def _follows_control(node: LexborNode) -> bool:
    before = node.prev
    while before is not None and (before.tag or "-")[0] == "-":
        before = before.prev
    return before is not None and (before.css_matches(_CONTROLS) or _is_short_with_control(before))


def _is_short_with_control(node: LexborNode) -> bool:
    return node.css_first(_CONTROLS) is not None and len(node.text(deep=True)) < 500


def _is_label(button: LexborNode, page: _Page) -> bool:
    """Whether a button is the heading of what it opens."""
    attributes = button.attributes
    if any(name in attributes for name in ("aria-controls", "aria-expanded", "data-target", "data-bs-target")):
        return True
    parent = button.parent
    if parent is None or parent.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"):
        return True
    below = _next_element(button) or _next_element(parent)
    return below is not None and _is_hidden(below, page)


def _next_element(node: LexborNode) -> LexborNode | None:
    after = node.next
    while after is not None and (after.tag or "-")[0] == "-":
        after = after.next
    return after
