"""Normalises the text parsers extract: presentation forms, invisible characters, white space.

Entry functions: ``clean_text`` and ``one_line``, which every parser calls on each piece of text, and ``join_lines``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# CJK radicals that fonts use in place of the character itself, as in PDFs printed by macOS and Chrome. NFKC folds the
# Kangxi block but not the CJK Radicals Supplement; source: EquivalentUnifiedIdeograph.txt of Unicode 16.
_UNIFIED_RADICALS = dict(
    zip(
        "⺁⺄⺇⺈⺋⺌⺍⺎⺏⺐⺑⺒⺓⺕⺗⺙⺛⺝⺟⺠⺡⺣⺥⺧⺩⺪⺫⺬⺭⺮⺰⺲⺶⺸⺹⺻⺼⺽⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙几刀卩小小尢尢尣允巳幺彐心攴旡月母民水灬爪牛王疋网示礻竹糹罒羊羊老聿肉臼艹艹虎衤覀西见角讠贝车辶辶辶钅長镸长门阝雨青韦页风飞食饣饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龟龜龟",
        strict=True,
    )
)
_PRESENTATION_FORMS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
# Soft hyphens, zero-width and direction marks; control characters but tab and line feed.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]")
_SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def clean_text(text: str) -> str:
    """Fold presentation forms, drop invisible characters; keep line breaks, reduce other white space to one space."""
    if _is_plain(text):
        return " ".join(text.split())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PRESENTATION_FORMS.sub(_fold, _UNSEEN.sub("", text)).encode("utf-8", "replace").decode()
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip("\n")


def one_line(text: str) -> str:
    return " ".join((text if _is_plain(text) else clean_text(text)).split())


def _is_plain(text: str) -> bool:
    """Nothing to fold, drop or break; true for most texts, and much cheaper than cleaning."""
    return text.isascii() and text.isprintable()


def _fold(match: re.Match[str]) -> str:
    return _UNIFIED_RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0])


def display_width(text: str) -> int:
    """Width in terminal columns: Chinese characters take two."""
    return len(text) if text.isascii() else sum(2 if character > "\u2e80" else 1 for character in text)


def join_lines(lines: Iterable[str]) -> str:
    """Wrapped lines of one paragraph as one line; empty ones are skipped."""
    parts: list[str] = []
    for line in filter(None, lines):
        parts += [_separator(parts[-1], line), line] if parts else [line]
    return "".join(parts)


def join_wrapped(left: str, right: str) -> str:
    """``join_lines`` for two, where lines arrive one at a time."""
    return f"{left}{_separator(left, right)}{right}" if left and right else left + right


def _separator(left: str, right: str) -> str:
    """No space between two characters of a script that is written without spaces."""
    return "" if is_unspaced(left[-1]) and is_unspaced(right[0]) else " "


def is_unspaced(character: str) -> bool:
    """Whether the script is written without spaces: Chinese and Japanese with their punctuation, not Korean."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"
