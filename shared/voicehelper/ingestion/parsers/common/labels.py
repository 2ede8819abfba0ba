"""Puts what stands above a text into its line, where a page shows the relation by indentation only.

Entry functions: ``labelled`` for a term and its definition, ``under_items`` for an item below others. Called by the
Markdown and web parsers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicehelper.ingestion.parsers.common.cleaning import display_width, is_unspaced

_MAX_LABEL_WIDTH: Final = 80  # of one item above; a longer one is read with its own line alone
_MAX_LABELS: Final = 3
_QUESTION_MARKS: Final = "?？!！"
_ENDS: Final = ".:。：;；,，、 "


def labelled(label: str, text: str) -> str:
    """ "label: text"; a question keeps its mark instead of the colon."""
    if not label or not text:
        return label or text
    if label[-1] in _QUESTION_MARKS:
        return f"{label} {text}" if not is_unspaced(label[-1]) else f"{label}{text}"
    stem = label.rstrip(_ENDS) or label
    return f"{stem}：{text}" if is_unspaced(stem[-1]) else f"{stem}: {text}"


def under_items(items: Sequence[str], text: str) -> str:
    """The text behind the short items that it stands below, outermost first."""
    for item in reversed([item for item in items if 0 < display_width(item) <= _MAX_LABEL_WIDTH][-_MAX_LABELS:]):
        text = labelled(item, text)
    return text
