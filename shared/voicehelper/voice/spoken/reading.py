"""Text as a person reads it aloud: ``spoken_form``, for speech alone; the written answer stays as it is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from voicehelper.text.language import TextLanguage
from voicehelper.voice.spoken import chinese, english
from voicehelper.voice.spoken.markup import plain
from voicehelper.voice.spoken.rules import rewritten

_SPACES: Final = re.compile(r"[ \t]+")
_BEFORE_STOP: Final = re.compile(r"[ \t]+(?=[,.;:!?，。；：！？、）)])")
_WITHIN_HAN: Final = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")


def spoken_form(text: str, language: TextLanguage) -> str:
    """Without marks, markup, addresses and figures; empty where nothing can be read aloud."""
    text = "".join(str(unicodedata.decimal(character, character)) for character in text)  # digits of every script
    said = rewritten(plain(text, language), chinese.RULES if language == "zh" else english.RULES)
    said = _BEFORE_STOP.sub("", _SPACES.sub(" ", said))
    return _WITHIN_HAN.sub("", said).strip()
