"""Text as a person reads it aloud: ``spoken_form``, for speech alone; the written answer stays as it is."""

from __future__ import annotations

from voicehelper.text.language import TextLanguage
from voicehelper.voice.spoken.markup import plain


def spoken_form(text: str, language: TextLanguage) -> str:
    """Empty where nothing can be read aloud."""
    return plain(text, language)
