"""Comments on a PDF page as text that says it is one, with the words they mark.

Entry functions: ``typed_values`` and ``comment_texts``, called by ``words`` for each page.
"""

from __future__ import annotations

from collections.abc import Sequence

from voicehelper.ingestion.parsers.common.cleaning import is_unspaced, join_lines
from voicehelper.ingestion.parsers.pdf.annotations import Comment, Field
from voicehelper.ingestion.parsers.pdf.geometry import Box
from voicehelper.ingestion.parsers.pdf.word import Word, WordsByHeight

_MAX_QUOTED = 160  # characters
_PLAIN_LABEL, _CHINESE_LABEL = ("Comment", " by ", " on “{}”", ": "), ("批注", "，", "，针对“{}”", "：")


def typed_values(
    words: Sequence[Word], fields: list[Field], comments: list[Comment]
) -> tuple[list[Field], list[Comment]]:
    """(fields, comments). Text typed behind a label with a colon or onto a blank fills a form without fields."""
    typed = [comment for comment in comments if comment.is_typed]
    if not typed:
        return fields, comments
    by_height = WordsByHeight(words)
    values = {id(comment) for comment in typed if _fills_blank(words, by_height, comment.box)}
    filled = [Field("text", comment.text, "", comment.box) for comment in typed if id(comment) in values]
    return fields + filled, [comment for comment in comments if id(comment) not in values]


def _fills_blank(words: Sequence[Word], by_height: WordsByHeight, box: Box) -> bool:
    left, top, right, bottom = box
    beside = [word for at in by_height.between(top - 2, bottom + 2) if (word := words[at]).left < right]
    if any(not w.text.strip("_.…") and len(w.text) > 2 and w.right > left for w in beside):
        return True
    before = max((w for w in beside if w.right <= left + 6), key=lambda w: w.right, default=None)
    return before is not None and before.text[-1] in ":：" and left - before.right < 60


def comment_texts(comments: Sequence[Comment], words: Sequence[Word]) -> list[str]:
    """In the order of the page. A comment that only repeats what it marks is left out."""
    texts: list[str] = []
    by_height = WordsByHeight(words if comments else ())
    for comment in sorted(comments, key=lambda comment: (comment.box[1], comment.box[0])):
        marked = _marked_text(comment, words, by_height)
        if "".join(comment.text.split()) != "".join(marked.split()):
            texts.append(_labelled(comment, marked))
    return texts


def _marked_text(comment: Comment, words: Sequence[Word], by_height: WordsByHeight) -> str:
    inside: list[str] = []
    for left, top, right, bottom in comment.marked:
        line = sorted(by_height.between(top, bottom))
        inside += [words[at].text for at in line if left <= (words[at].left + words[at].right) / 2 <= right]
    return join_lines(inside)


def _labelled(comment: Comment, marked: str) -> str:
    is_chinese = any(map(is_unspaced, comment.text))
    label, by, on, colon = _CHINESE_LABEL if is_chinese else _PLAIN_LABEL
    author = f"{by}{comment.author}" if comment.author else ""
    about = on.format(marked) if 0 < len(marked) <= _MAX_QUOTED else ""
    return f"{label}{author}{about}{colon}{comment.text}"
