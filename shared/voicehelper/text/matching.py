"""Whether a text says what is expected of it, whatever the width, punctuation and script it is written in.

``contains`` is the entry of diagnosis; evaluation counts ``matching_tokens`` as well.
"""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.tokenization import normalize

_BETWEEN_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BEFORE_PERCENT: Final = re.compile(r"(?<=\d)\s+(?=%)")
# Scripts without spaces between words, one character a token: Thai to Khmer, kana, Han, Hangul.
_UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f"
)
_TOKEN: Final = re.compile(rf"\d+(?:[.:]\d+)*%?|[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")


def matching_tokens(text: str) -> list[str]:
    """Words, numbers and characters in reading order; punctuation, spaces and the border of letters and digits go."""
    normalized = _BETWEEN_THOUSANDS.sub("", normalize(text))
    return _TOKEN.findall(_BEFORE_PERCENT.sub("", normalized))


def contains(text: str, expected: str) -> bool:
    """Whether the tokens of ``expected`` stand in the text side by side; never where it has none."""
    wanted = " ".join(matching_tokens(expected))
    return bool(wanted) and f" {wanted} " in f" {' '.join(matching_tokens(text))} "


def shared_part(text: str, expected: str) -> float:
    """Share of the distinct tokens of ``expected`` that occur in the text, 0 … 1."""
    wanted = set(matching_tokens(expected))
    return len(wanted & set(matching_tokens(text))) / len(wanted) if wanted else 0.0
