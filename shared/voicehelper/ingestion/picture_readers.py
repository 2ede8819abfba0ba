"""Who reads the pictures of a document: the built-in recogniser, or a service outside that it stands in for.

``picture_reader`` is the entry, called by the recognising step. Files are opened in the sandbox's child alone; what a
service is sent is a picture that was drawn there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from voicehelper.errors import RejectedError, UpstreamUnavailableError
from voicehelper.ingestion import sandbox
from voicehelper.ingestion.recognised import results_from_json
from voicehelper.observability.logs import logger
from voicehelper.recognition.protocol import Language, Provider
from voicehelper.shapes.recognition import RecognisedPage
from voicehelper.text.language import is_chinese

# Of the 400 a batch has: the last call may take 40, and what is left the built-in one reads in some 5 s a picture.
ASKS_FOR_S: Final = 240.0
_LANGUAGES: Final[tuple[Language, ...]] = ("zh-CN", "en")


class PictureReader(Protocol):
    def read(self, reference: str) -> RecognisedPage:
        """RejectedError where the picture that ``reference`` names cannot be read."""


def picture_reader(source: Path, filename: str, provider: Provider | None) -> PictureReader:
    """Of the file ``source``. ``provider`` is asked before the built-in recogniser, where there is one."""
    built_in = _BuiltIn(source, filename)
    return _Hosted(provider, built_in) if provider else built_in


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    source: Path
    filename: str

    def read(self, reference: str) -> RecognisedPage:
        result = self.source.with_name("result")
        sandbox.recognise_in_child(self.source, result, filename=self.filename, reference=reference)
        page = results_from_json(result.read_bytes())[reference].page
        assert page
        return page

    def picture(self, reference: str) -> bytes:
        """A JPEG."""
        path = self.source.with_name("picture")
        sandbox.draw_reference_in_child(self.source, path, filename=self.filename, reference=reference)
        return path.read_bytes()


@dataclass(slots=True)
class _Hosted:
    provider: Provider
    built_in: _BuiltIn
    clock: Callable[[], float] = time.monotonic
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = self.clock() + ASKS_FOR_S

    def read(self, reference: str) -> RecognisedPage:
        if all(map(self.provider.reads, _LANGUAGES)):
            return self._asked(reference, "zh-CN") or self._instead(reference)
        # Which language a page is in, nobody knows before it is read.
        page = self.built_in.read(reference)
        language: Language = "zh-CN" if is_chinese(page.text) else "en"
        if not page.lines or not self.provider.reads(language):
            return page
        return self._asked(reference, language) or replace(page, degraded=self.provider.name)

    def _instead(self, reference: str) -> RecognisedPage:
        return replace(self.built_in.read(reference), degraded=self.provider.name)

    def _asked(self, reference: str, language: Language) -> RecognisedPage | None:
        """None where it is away, refuses the picture, or there is no time left to ask."""
        if self.clock() > self._end:
            return None
        picture = self.built_in.picture(reference)
        try:
            return self.provider.recognise(picture, language=language, tables=True)
        except (UpstreamUnavailableError, RejectedError):
            logger().warning("built-in recogniser", extra={"instead_of": self.provider.name}, exc_info=True)
            return None
