"""``Recognizer``: the protocol of everything that reads pictures; imported by all rooms that have one read."""

from __future__ import annotations

from typing import Final, Literal, Protocol

from voicehelper.shapes.recognition import RecognisedPage

Language = Literal["zh-CN", "en"]
BUILTIN: Final = "builtin"
MAX_PIXELS: Final = 100_000_000
MAX_PICTURE_BYTES: Final = 50 * 1024 * 1024


class Recognizer(Protocol):
    @property
    def name(self) -> str: ...

    def recognise(self, picture: bytes, *, language: str, tables: bool) -> RecognisedPage:
        """One page from an encoded picture (PNG, JPEG, WebP or TIFF; of several frames the first).

        ``language`` is "zh-CN" or "en": what the page is mostly written in, a hint. A page without text is no error:
        it has no lines and confidence 0. Raises RejectedError ``empty_file``, ``unsupported_type``, ``corrupt``,
        ``image_too_large`` (over MAX_PIXELS by its header, or MAX_PICTURE_BYTES), and UpstreamUnavailableError where a
        provider and what stands in for it are away.
        """


class Provider(Recognizer, Protocol):
    """A service outside, which the built-in recogniser stands in for."""

    def reads(self, language: str) -> bool:
        """Whether it knows the language at all."""
