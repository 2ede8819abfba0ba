"""Bounds how deeply the elements of a web page nest, before the page is parsed.

Entry function: ``limit_nesting``, called by ``html``. For each new element an HTML parser looks through those that are
open, and reopens formatting after each paragraph, so 100,000 nested elements take minutes. Browsers have such bounds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_DEPTH: Final = 300
_ALWAYS_FAST: Final = 2_000  # characters
MAX_ATTRIBUTES: Final = 300  # of one tag; each is compared with those before it
_MAX_FORMATTING: Final = 30
# Tokenized as the HTML standard does (13.2.5): a quote means something only after "=", a tag ends with the file.
_TAG: Final = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+)?+)?+)*+(?:>|\Z)",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(r"\"[^\"]*+\"|'[^']*+'|[\s/]++")
_RAW_TEXT_ENDS: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style", "textarea", "title")
}
# Void elements, and those that the next one of their kind closes; their end tags may be left out.
_NEVER_NEST: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    "html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
})  # fmt: skip
_FORMATTING: Final = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
})  # fmt: skip
_FOREIGN: Final = frozenset({"svg", "math"})  # inside, every element nests, and scripts are elements like others


def limit_nesting(text: str) -> str:
    """The page without the tags of elements that are deeper than ``MAX_DEPTH``; their content stays."""
    if len(text) <= _ALWAYS_FAST:
        return text
    parts: list[str] = []
    end = 0
    for start, tag_end in _tags_too_deep(text):
        parts += [text[end:start], " "]
        end = tag_end
    return "".join([*parts, text[end:]]) if parts else text


@dataclass(slots=True)
class _Open:
    """How many elements of each name are open, and how many were left out for their depth."""

    kept: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    depth: int = 0
    formatting: int = 0

    @property
    def is_foreign(self) -> bool:
        return any(self.kept[name] for name in _FOREIGN)

    def enter(self, name: str, *, is_self_closing: bool) -> bool:
        """Whether the element is kept."""
        is_foreign = self.is_foreign or name in _FOREIGN
        if (is_self_closing and is_foreign) or (name in _NEVER_NEST and not is_foreign):
            return self.depth < MAX_DEPTH or not is_foreign
        if self.depth >= MAX_DEPTH or (name in _FORMATTING and self.formatting >= _MAX_FORMATTING):
            self.dropped[name] += 1
            return False
        self._count(name, 1)
        return True

    def leave(self, name: str) -> bool:
        """Whether the end tag is kept."""
        if self.dropped[name]:
            self.dropped[name] -= 1
            return False
        if self.kept[name]:
            self._count(name, -1)
        return True

    def _count(self, name: str, step: int) -> None:
        self.kept[name] += step
        self.depth += step
        self.formatting += step if name in _FORMATTING else 0


def _tags_too_deep(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each; the content of scripts and style sheets is not looked at."""
    elements = _Open()
    match = _TAG.search(text)
    while match:
        name, end = (match["name"] or "").lower(), match.end()
        if match["closing"]:
            is_kept = elements.leave(name)
        else:
            is_kept = not name or elements.enter(name, is_self_closing=match[0].endswith("/>"))
            if is_kept and name in _RAW_TEXT_ENDS and not elements.is_foreign:
                raw_end = _RAW_TEXT_ENDS[name].search(text, end)
                end = raw_end.start() if raw_end else len(text)
        if not is_kept or _has_too_many_attributes(match[0]):
            yield match.span()
        match = _TAG.search(text, end)


def _has_too_many_attributes(tag: str) -> bool:
    return len(tag) > MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(tag)) > 2 * MAX_ATTRIBUTES
