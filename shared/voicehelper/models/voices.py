"""The voices that a catalogue offers: ``offered_voices``, without a call; ``voice_for`` is who speaks a language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel

from voicehelper.models.catalogue import SpeechModel
from voicehelper.text.language import TextLanguage


class Voice(BaseModel):
    """``languages`` is empty for a voice that speaks any."""

    id: str
    languages: list[str]


# Where the catalogue names none. OpenAI's: https://platform.openai.com/docs/guides/text-to-speech; Polly's neural
# voices: https://docs.aws.amazon.com/polly/latest/dg/available-voices.html
_ANY_LANGUAGE: Final = (
    *("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse"),
)
_USUAL: Final = {
    "espeak-ng": (("cmn", "zh-CN"), ("en", "en"), ("en-us", "en")),
    "amazon-polly": (("Zhiyu", "zh-CN"), ("Joanna", "en"), ("Matthew", "en"), ("Amy", "en")),
}
_TAGS: Final[dict[TextLanguage, str]] = {"zh": "zh-CN", "en": "en"}


def offered_voices(speech: SpeechModel) -> list[Voice]:
    """Those that the catalogue names, or the usual ones of the provider; never none."""
    usual = _USUAL.get(speech.provider, ())
    known = {name: [language] for name, language in usual}
    names = speech.voices or tuple(known) or _ANY_LANGUAGE
    return [Voice(id=name, languages=known.get(name, [])) for name in names]


def voice_for(language: TextLanguage, offered: Sequence[Voice]) -> str:
    """The first that speaks the language, or else the first."""
    speaks = (voice.id for voice in offered if not voice.languages or _TAGS[language] in voice.languages)
    return next(speaks, offered[0].id)
