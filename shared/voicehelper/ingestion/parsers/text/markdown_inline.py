"""Inline Markdown → the text a reader of the rendered page sees, and the targets of links to other sites.

Entry function: ``render_inline``, called by ``markdown`` for each heading, paragraph and cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from voicehelper.ingestion.parsers.common.cleaning import clean_text, is_unspaced, join_lines

MAX_INLINE_CHARACTERS: Final = 50_000  # some markup takes quadratic time; longer text is shown as it is written
_LINE_BREAK_TAG = re.compile(r"(?i)<br\s*/?>")
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_PARSER = MarkdownIt("commonmark").enable("strikethrough")


def render_inline(source: str) -> str:
    """One line; empty where nothing is visible, as for a comment."""
    text = _visible_text(_parse(source)) if len(source) <= MAX_INLINE_CHARACTERS else source
    return join_lines(clean_text(line) for line in text.split("\n"))


def _parse(source: str) -> list[Token]:
    tokens: list[Token] = []
    _PARSER.inline.parse(source, _PARSER, {}, tokens)
    return tokens


def _visible_text(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    link_start, target = 0, ""
    for token in tokens:
        if token.type == "link_open":
            link_start, target = len(parts), str(token.attrs["href"])
        elif token.type == "link_close":
            parts.append(_shown_target(target, "".join(parts[link_start:])))
        elif token.type == "image":
            parts.append(_visible_text(token.children or ()))
        else:
            parts.append(_token_text(token))
    return "".join(parts)


def _token_text(token: Token) -> str:
    """Nothing for the borders of emphasis, and for tags and comments."""
    if token.type == "text":
        return _STRONG.sub(_remove_unspaced_markers, token.content)
    if token.type in ("text_special", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return " " if token.type == "html_inline" and _LINE_BREAK_TAG.fullmatch(token.content) else ""


def _shown_target(target: str, text: str) -> str:
    """ " (target)" after the text of a link to another site, unless the text is the target itself."""
    readable = _PARSER.normalizeLinkText(target)
    is_external = target.startswith(("http://", "https://"))
    return f" ({readable})" if is_external and text and text not in (target, readable) else ""


def _remove_unspaced_markers(match: re.Match[str]) -> str:
    """CommonMark takes "**注意：**请" for text, because its rules for markers expect spaces between words.

    The authors mean bold. Text without such a script beside the markers stays as the standard has it.
    """
    text, source = match[1], match.string
    neighbours = source[max(0, match.start() - 1) : match.start()] + text[0] + text[-1] + source[match.end() :][:1]
    return text if any(map(is_unspaced, neighbours)) else match[0]
