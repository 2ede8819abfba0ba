"""Which language a text is in, as far as answering needs it."""

from __future__ import annotations

import re
from typing import Literal

TextLanguage = Literal["zh", "en"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")


def text_language(text: str) -> TextLanguage:
    """Chinese as soon as Chinese characters weigh as much as Latin words: questions mix in product names."""
    return "zh" if len(_HAN.findall(text)) >= len(_LATIN.findall(text)) else "en"


def is_chinese(text: str) -> bool:
    """Whether a document's text is Chinese: a page full of Latin names or code still is."""
    return 4 * len(_HAN.findall(text)) >= len(_LATIN.findall(text))
