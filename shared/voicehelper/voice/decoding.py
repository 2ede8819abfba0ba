"""From a file that a browser or a program recorded to samples: ``decode``, called in the child process of ``reading``.

The container is told by its first bytes, and FFmpeg is given its one demuxer: left to guess, it also opens playlists,
which name other files and hosts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from voicehelper.errors import RejectedError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE: Final = 16_000  # samples a second, of 16 bits each, one channel
BYTES_PER_MS: Final = RATE * 2 // 1000
MAX_SECONDS: Final = 300
NO_AUDIO, UNKNOWN, DAMAGED, TOO_LONG = "no_audio", "unknown_type", "corrupt", "too_long"
# What recorders write; FFmpeg has hundreds of decoders, each of which a file could otherwise ask for.
_CODECS: Final = re.compile(r"opus|libopus|vorbis|libvorbis|aac|aac_fixed|mp3|mp3float|flac|alac|pcm_\w+")
_DEMUXERS: Final = (
    (re.compile(rb"\x1aE\xdf\xa3"), "matroska"),  # WebM
    (re.compile(rb"....(?:ftyp|styp|moov|moof|free|skip|wide|mdat)", re.DOTALL), "mp4"),
    (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"R(?:IFF|F64)....WAVE", re.DOTALL), "wav"),
    (re.compile(rb"fLaC"), "flac"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "aac"),
    (re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"), "mp3"),
)
# Of a stream's packets; more than this damaged, and the recording is not what was said.
_DAMAGED_SHARE: Final = 0.05


def decode(content: bytes, max_seconds: int = MAX_SECONDS) -> bytes:
    """Samples of 16 bits at ``RATE``, mono. RejectedError with one of the reasons above."""
    import av

    try:
        with _opened(content) as container:
            return b"".join(_bounded(_samples(container), max_seconds * 1000 * BYTES_PER_MS))
    except av.FFmpegError as error:
        raise RejectedError(DAMAGED, type(error).__name__) from error
    except (ValueError, UnicodeError) as error:  # the binding's own checks of what the file says
        raise RejectedError(DAMAGED, str(error)) from error


def demuxer_of(content: bytes) -> str:
    """RejectedError ``unknown_type`` for what is none of the containers above."""
    for signature, name in _DEMUXERS:
        if signature.match(content):
            return name
    raise RejectedError(UNKNOWN)


def _opened(content: bytes) -> InputContainer:
    import av

    options = {"protocol_whitelist": ""}
    return av.open(io.BytesIO(content), "r", format=demuxer_of(content), options=options)


def _bounded(pieces: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most_bytes:
            raise RejectedError(TOO_LONG)
        yield piece


def _samples(container: InputContainer) -> Iterator[bytes]:
    import av

    stream = next(iter(container.streams.audio), None)
    if stream is None:
        raise RejectedError(NO_AUDIO)
    if not _CODECS.fullmatch(stream.codec_context.name):
        raise RejectedError(UNKNOWN, stream.codec_context.name)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    layout: Any = None
    for frame in _frames(container, stream):
        # A resampler is made for one kind of frames; a stream may change its own in the middle.
        if layout not in (None, kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
            yield from _bytes_of(resampler.resample(None))
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        layout = kind
        frame.pts = None  # pauses of a recorder are no sound
        yield from _bytes_of(resampler.resample(frame))
    if layout is not None:
        yield from _bytes_of(resampler.resample(None))


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[Any]:
    """Frames of all packets but a few damaged ones; RejectedError where there are more of those."""
    import av

    packets = damaged = 0
    for packet in container.demux(stream):
        packets += 1
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            damaged += 1
            if damaged > 2 and damaged > _DAMAGED_SHARE * packets:
                raise
    if damaged and damaged == packets - 1:  # the last one only flushes the decoder
        raise RejectedError(DAMAGED, "no packet could be decoded")


def _bytes_of(frames: list[Any]) -> Iterator[bytes]:
    for frame in frames:
        yield bytes(frame.planes[0])[: frame.samples * 2]
