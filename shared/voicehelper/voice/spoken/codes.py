"""Codes and versions, in both languages: ``code`` and ``dotted``, called by the rules of each."""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.language import TextLanguage
from voicehelper.voice.spoken.numbers import chinese, digits_in, english

_POINT: Final[dict[TextLanguage, str]] = {"zh": "点", "en": " point "}
_SHORT: Final = 4  # digits; a longer part is no number but a row of them


def code(text: str, language: TextLanguage) -> str:
    """Letters as they stand, digits one by one."""
    parts = re.findall(r"[A-Za-z]+|\d+", text)
    return " ".join(digits_in(part, language) if part.isdigit() else _letters(part) for part in parts)


def _letters(part: str) -> str:
    """Capitals are spelled; what has small letters is a word."""
    return " ".join(part) if part.isupper() else part


def dotted(number: str, language: TextLanguage) -> str:
    """A version, or an address of the network."""
    whole = chinese if language == "zh" else english
    parts = (whole(part) if len(part) < _SHORT else digits_in(part, language) for part in number.split("."))
    return _POINT[language].join(parts)
