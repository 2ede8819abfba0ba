"""Recognition by faster-whisper, where the operator has installed it and a model: nothing leaves the machine.

Too large for a function's layers: 436 MB. https://github.com/SYSTRAN/faster-whisper
"""

from __future__ import annotations

import functools
import math
from typing import Any, Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.offline.sound_files import samples_of
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Heard, Sound, Transcription

_RATE: Final = 16_000
_COMPUTE: Final = "int8"  # on processors; half the memory of float32


class WhisperTranscriber:
    """Implements ``Transcriber``. ``model`` is the folder of a converted model: nothing is fetched by its name."""

    def __init__(self, model: str) -> None:
        self._model = model

    def transcribe(self, sound: Sound, language: str, deadline: Deadline) -> Transcription:
        """Segments come one by one, and none after the deadline."""
        segments, info = _model(self._model).transcribe(_as_floats(sound), language=language or None)
        heard = []
        for segment in segments:
            if deadline.remaining() <= 0:
                raise UpstreamUnavailableError("the recording was not recognised in time")
            confidence = min(1.0, math.exp(segment.avg_logprob))
            heard.append(Heard(segment.start, segment.end, segment.text.strip(), confidence))
        return Transcription(str(info.language), [part for part in heard if part.text])


def _as_floats(sound: Sound) -> Any:
    """Decoded here: its own decoder (1.2.1) does not know the present PyAV."""
    import numpy as np

    return np.frombuffer(samples_of(sound.content, _RATE), np.int16).astype(np.float32) / 32_768


@functools.lru_cache(maxsize=1)
def _model(folder: str) -> Any:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise UpstreamUnavailableError("faster-whisper is not installed") from error
    try:
        return WhisperModel(folder, device="cpu", compute_type=_COMPUTE, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise UpstreamUnavailableError(f"no model of faster-whisper in {folder}") from error
