"""Detection of Chinese, English and other languages by counting characters and words.

Answering and search call ``text_language`` for questions; the index calls ``is_chinese`` for chunks.
"""

from __future__ import annotations

import re
from typing import Literal

TextLanguage = Literal["zh", "en"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]+")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+")


def text_language(text: str) -> TextLanguage:
    """Chinese if there are at least as many Chinese characters as Latin words: questions mix in product names.

    English where there is neither, or another script: it is the language of messages to everyone else.
    """
    if is_other_script(text):
        return "en"
    han = len(_HAN.findall(text))
    return "zh" if han and han >= len(_LATIN.findall(text)) else "en"


def is_other_script(text: str) -> bool:
    """Whether most of a text is neither Chinese nor Latin: Korean, Japanese with its own letters, Russian, Arabic."""
    other = sum(map(len, _OTHER.findall(text)))
    return other > 0 and 2 * other >= len(_HAN.findall(text)) + len(_LATIN.findall(text))


def has_chinese(text: str) -> bool:
    """Whether there is any Chinese character."""
    return _HAN.search(text) is not None


def is_chinese(text: str) -> bool:
    """Whether a document's text is Chinese; a lower bar than for questions: pages may be full of Latin names."""
    return 4 * len(_HAN.findall(text)) >= len(_LATIN.findall(text))


def shares_language(question: str, text: str) -> bool:
    """Whether a text says what it says in the question's language, at least beside another one."""
    return is_chinese(text) if text_language(question) == "zh" else not is_chinese(text) or has_english(text)


def has_english(text: str) -> bool:
    """Whether a Chinese text says a good part in English as well; a translation has two words for three characters."""
    return 2.5 * len(_LATIN.findall(text)) >= len(_HAN.findall(text))
