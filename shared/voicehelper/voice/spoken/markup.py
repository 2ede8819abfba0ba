"""Markdown, HTML, citation marks and addresses, none of which is read aloud: ``plain``."""

from __future__ import annotations

import html
import re
from typing import Final

from voicehelper.text.language import TextLanguage

_CODE_BLOCK: Final = re.compile(r"^[ \t]*(```|~~~)[^\n]*\n.*?(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN: Final = re.compile(r"<(script|style)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BREAK: Final = re.compile(r"<(?:br|/p|/li|/tr|/h[1-6]|/div)\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_IMAGE: Final = re.compile(r"!\[[^\[\]\n]*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])")
_LINK: Final = re.compile(r"\[([^\[\]\n]+)\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)")
# [1], [1, 2], [1-3], [^1], 【1】, ［1］ and [1†source], as answers and other models cite.
_MARK: Final = re.compile(
    r"\s*[\[【［]\^?\d{1,3}(?:\s*[,，、;–-]\s*\d{1,3})*(?:[†:][^\]】］\n]{0,60})?[\]】］](?:\([^()\n]*\))?"
)
_ADDRESS: Final = re.compile(
    r"<?(?:(?:https?|ftp|s3|mailto|file|wss?)://?|www\.)[^\s<>\"'，。；！？、）】》]*[^\s<>\"'，。；！？、）】》.,;:!?)\]}]>?",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"<?(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,}>?", re.ASCII)
_EMPTY_BRACKETS: Final = re.compile(r"\s*(?:\(\s*\)|（\s*）|\[\s*\])")
_HEADING: Final = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_RULE: Final = re.compile(r"^[ \t]*(?:[-*_=][ \t]*){3,}$", re.MULTILINE)
_TABLE_RULE: Final = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$", re.MULTILINE)
_ROW: Final = re.compile(r"^[ \t]*\|(.+?)\|?[ \t]*$", re.MULTILINE)
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*+•·▪◦]|>+)[ \t]+", re.MULTILINE)
_EMPHASIS: Final = re.compile(r"(\*{1,3}|_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?![A-Za-z0-9])")
_UNDERSCORED: Final = re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")
_FOOTNOTE: Final = re.compile(r"^[ \t]*\[\^?\d{1,3}\]:.*$", re.MULTILINE)
_SPACES: Final = re.compile(r"[ \t\u00a0\u3000]+")
_ENDS: Final = ".!?。！？…:：;；,，、"


def plain(text: str, language: TextLanguage) -> str:
    """Words and punctuation alone; each line of the text ends as a sentence does."""
    text = _SPACES.sub(" ", text)
    for pattern in (_CODE_BLOCK, _COMMENT, _HIDDEN, _FOOTNOTE, _IMAGE):
        text = pattern.sub(" ", text)
    text = _TAG.sub(" ", _BREAK.sub("\n", text))
    text = html.unescape(text)
    text = _MARK.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _EMPTY_BRACKETS.sub("", _MAIL.sub(_spell_mail, _ADDRESS.sub(" ", text)))
    for pattern in (_TABLE_RULE, _RULE):
        text = pattern.sub("", text)
    text = _ROW.sub(lambda row: _cells(row[1], language), _HEADING.sub(r"\1", text))
    text = _without_emphasis(_BULLET.sub("", text))
    return _as_sentences(text, "。" if language == "zh" else ".")


def _spell_mail(found: re.Match[str]) -> str:
    """An address of mail is an answer that people ask for."""
    return found[0].strip("<>").replace("@", " at ").replace(".", " dot ")


def _cells(row: str, language: TextLanguage) -> str:
    comma = "，" if language == "zh" else ", "
    return comma.join(filter(None, (cell.strip() for cell in row.replace(r"\|", "/").split("|"))))


def _without_emphasis(text: str) -> str:
    for _ in range(3):  # one kind inside another
        text = _EMPHASIS.sub(r"\2", text)
    return re.sub(r"[*`]|~~", "", _UNDERSCORED.sub(" ", text))


def _as_sentences(text: str, stop: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    ended = [line if line[-1] in _ENDS else line + stop for line in lines if re.search(r"\w", line)]
    return "\n".join(ended)
