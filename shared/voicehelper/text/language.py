"""Detection of Chinese and English by counting characters and words.

Answering and search call ``text_language`` for questions; the index calls ``is_chinese`` for chunks.
"""

from __future__ import annotations

import re
from typing import Literal

TextLanguage = Literal["zh", "en"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")


def text_language(text: str) -> TextLanguage:
    """Chinese if there are at least as many Chinese characters as Latin words: questions mix in product names."""
    return "zh" if len(_HAN.findall(text)) >= len(_LATIN.findall(text)) else "en"


def is_chinese(text: str) -> bool:
    """Whether a document's text is Chinese; a lower bar than for questions: pages may be full of Latin names."""
    return 4 * len(_HAN.findall(text)) >= len(_LATIN.findall(text))
