"""Speech by Amazon Polly: ``PollySpeaker``, built by ``speech_resources``.

https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from typing import Any, Final
from xml.sax.saxutils import escape

from voicehelper.adapters.aws_call import send_signed
from voicehelper.errors import UpstreamUnavailableError

_MOST_CHARACTERS: Final = 2_900  # of 3,000 that are charged; tags are not
_FORMATS: Final = {"mp3": ("mp3", "24000"), "ogg": ("ogg_vorbis", "24000"), "wav": ("pcm", "16000")}
PCM_RATE: Final = 16_000
_PIECE: Final = re.compile(rf".{{1,{_MOST_CHARACTERS}}}(?:(?<=[.!?。！？\n])|\Z)|.{{1,{_MOST_CHARACTERS}}}", re.DOTALL)


def synthesize(
    text: str, *, voice: str, engine: str, rate: float, target: str, seconds_left: Callable[[], float]
) -> bytes:
    """A file of the format, or for wav its samples at ``PCM_RATE``; UpstreamUnavailableError if it does not come."""
    output, sample_rate = _FORMATS[target]
    request = {"Engine": engine or "neural", "OutputFormat": output, "SampleRate": sample_rate, "VoiceId": voice}
    return b"".join(_send(request | _text(piece, rate), seconds_left()) for piece in _PIECE.findall(text))


def _text(text: str, rate: float) -> dict[str, str]:
    if rate == 1:
        return {"Text": text, "TextType": "text"}
    prosody = f'<speak><prosody rate="{round(100 * rate)}%">{escape(text)}</prosody></speak>'
    return {"Text": prosody, "TextType": "ssml"}


def _send(request: dict[str, Any], within_s: float) -> bytes:
    if within_s <= 0:
        raise UpstreamUnavailableError("Polly: no time is left")
    body = json.dumps(request).encode()
    try:
        status, _, answer = send_signed(
            "polly", "/v1/speech", body, timeout_s=within_s, headers={"content-type": "application/json"}
        )
    except (OSError, http.client.HTTPException) as error:
        raise UpstreamUnavailableError(f"Polly: {type(error).__name__}") from error
    if status != 200 or not answer:
        raise UpstreamUnavailableError(f"Polly: {status}")
    return answer
