"""Small repairs every parser makes to the text it found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

from voicehelper.ingestion.parsed_document import Block, ParsedDocument

# Radicals that fonts put in place of the character itself (macOS and Chrome print such PDFs). NFKC folds the
# Kangxi block but not this one: Unicode 16, CJK Radicals Supplement, against EquivalentUnifiedIdeograph.txt.
_RADICALS = dict(
    zip(
        "⺁⺄⺇⺈⺋⺌⺍⺎⺏⺐⺑⺒⺓⺕⺗⺙⺛⺝⺟⺠⺡⺣⺥⺧⺩⺪⺫⺬⺭⺮⺰⺲⺶⺸⺹⺻⺼⺽⺾⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙几刀卩小小尢尢尣允巳幺彐心攴旡月母民水灬爪牛王疋网示礻竹糹罒羊羊老聿肉臼艹艹虎衤覀西见角讠贝车辶辶辶钅長镸长门阝雨青韦页风飞食饣饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龟龜龟",
        strict=True,
    )
)
_FOLDED = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0002f800-\U0002fa1f]")
# Soft hyphens, zero-width and direction marks; control characters but tab and line feed.
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]")
_SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_GENERIC_NAME = re.compile(
    r"(?i)(index|default|untitled|document|doc|file|download|scan|output|export|新建.*|未命名.*|无标题.*|文档|文件)?[\s\d_()（）-]*"
    r"|[0-9a-f-]{24,}"
)


def clean_text(text: str) -> str:
    """Fold presentation forms, drop what has no shape; line breaks stay, other white space becomes one space."""
    if _is_plain(text):
        return " ".join(text.split())
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FOLDED.sub(_folded, _DROPPED.sub("", text)).encode("utf-8", "replace").decode()
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip("\n")


def one_line(text: str) -> str:
    return " ".join((text if _is_plain(text) else clean_text(text)).split())


def _is_plain(text: str) -> bool:
    """Most of what is ever asked: nothing to fold, drop or break."""
    return text.isascii() and text.isprintable()


def _folded(match: re.Match[str]) -> str:
    return _RADICALS.get(match[0]) or unicodedata.normalize("NFKC", match[0])


def display_width(text: str) -> int:
    """In columns of a terminal: Chinese characters take two."""
    return len(text) if text.isascii() else sum(2 if character > "\u2e80" else 1 for character in text)


def joined(left: str, right: str) -> str:
    """Two lines of one paragraph: no space between two characters of a script that is written without."""
    if not left or not right or (is_unspaced(left[-1]) and is_unspaced(right[0])):
        return left + right
    return f"{left} {right}"


def is_unspaced(character: str) -> bool:
    """Chinese and Japanese characters and their punctuation; Korean has spaces."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or "\uff00" <= character <= "\uffef"


def title_of(filename: str, embedded: str | None = None) -> str:
    """The file's own name without its ending; a title inside the file only where that name says nothing.

    People know their files by name, and embedded titles are often those of a template.
    """
    stem = one_line(PurePath(filename).stem.replace("_", " "))
    found = one_line(embedded or "")
    return found[:200] if found and _GENERIC_NAME.fullmatch(stem) else stem or found[:200] or "document"


def document(
    title: str,
    blocks: Iterable[Block],
    *,
    pages_total: int = 1,
    pages_with_text: int | None = None,
    warnings: Iterable[str] = (),
) -> ParsedDocument:
    """Empty blocks leave; a file without pages counts as one."""
    kept = tuple(block for block in blocks if block.text.strip())
    return ParsedDocument(
        title=title,
        blocks=kept,
        pages_total=pages_total,
        pages_with_text=(1 if kept else 0) if pages_with_text is None else pages_with_text,
        characters=sum(len(block.text) for block in kept),
        warnings=tuple(dict.fromkeys(warnings)),
    )
