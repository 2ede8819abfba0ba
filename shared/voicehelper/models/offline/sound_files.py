"""From samples to a file and back: ``wav_file`` by the standard library, ``encoded`` by FFmpeg.

``espeak`` calls it, and the voice's child process for what a recogniser is sent.
"""

from __future__ import annotations

import io
import wave
from typing import Any, Final, NamedTuple


class Coding(NamedTuple):
    container: str
    codec: str
    rate: int
    bit_rate: int


OPUS: Final = Coding("ogg", "libopus", 48_000, 48_000)
MP3: Final = Coding("mp3", "libmp3lame", 44_100, 96_000)


def wav_file(samples: bytes, rate: int) -> bytes:
    """Of samples of 16 bits, mono."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return target.getvalue()


def encoded(samples: bytes, coding: Coding, rate: int) -> bytes:
    """Of samples of 16 bits at ``rate``, mono."""
    import av

    target = io.BytesIO()
    with av.open(target, "w", format=coding.container) as container:
        stream: Any = container.add_stream(coding.codec, rate=coding.rate)
        stream.layout, stream.bit_rate = "mono", coding.bit_rate
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
        frame.planes[0].update(samples[: len(samples) // 2 * 2])
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=coding.rate)
        for resampled in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    return target.getvalue()


def samples_of(content: bytes, rate: int) -> bytes:
    """Of a file that this module has made at ``rate``; others are opened where nothing is trusted."""
    if content[:4] == b"RIFF":
        with wave.open(io.BytesIO(content)) as file:
            return bytes(file.readframes(file.getnframes()))
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
    with av.open(io.BytesIO(content), "r", format="ogg") as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    frames += resampler.resample(None)
    return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in frames)
