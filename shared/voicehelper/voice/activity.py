"""Where in a recording somebody speaks: ``find_speech``, by WebRTC's detector; and what of it is sent on.

The detector judges 30 ms at a time. Its judgements become stretches here: a pause shorter than ``HANG_OVER_MS`` belongs
to the speech around it, and what is shorter than ``LEAST_MS`` is a click.
"""

from __future__ import annotations

import array
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.voice.decoding import BYTES_PER_MS, RATE

FRAME_MS: Final = 30
HANG_OVER_MS: Final = 400
LEAST_MS: Final = 120
PAD_MS: Final = 200  # kept around what is sent to a recogniser, which hears soft beginnings and ends better than this
_STRICT: Final = 3  # of the detector's modes 0 … 3
_LEAST_RMS: Final = 33.0  # of 32,768: -60 dB, below which a microphone hears itself


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start_ms`` up to ``end_ms`` of the recording."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def find_speech(samples: bytes) -> list[Stretch]:
    """In order, apart from each other by at least ``HANG_OVER_MS``."""
    import webrtcvad

    detector = webrtcvad.Vad(_STRICT)
    size = FRAME_MS * BYTES_PER_MS
    frames = (samples[start : start + size] for start in range(0, len(samples) - size + 1, size))
    voiced = [number for number, frame in enumerate(frames) if detector.is_speech(frame, RATE)]
    found = [stretch for stretch in joined(voiced) if stretch.length_ms >= LEAST_MS]
    return [stretch for stretch in found if _loudness(samples, stretch) >= _LEAST_RMS]


def joined(voiced: Sequence[int]) -> list[Stretch]:
    """Stretches of the frames that are speech, by their numbers in rising order."""
    stretches: list[Stretch] = []
    for number in voiced:
        start, end = number * FRAME_MS, (number + 1) * FRAME_MS
        if stretches and start - stretches[-1].end_ms < HANG_OVER_MS:
            stretches[-1] = Stretch(stretches[-1].start_ms, end)
        else:
            stretches.append(Stretch(start, end))
    return stretches


def _loudness(samples: bytes, stretch: Stretch) -> float:
    """Root of the mean square of every eighth sample."""
    values = array.array("h", samples[stretch.start_ms * BYTES_PER_MS : stretch.end_ms * BYTES_PER_MS])[::8]
    return math.sqrt(sum(value * value for value in values) / len(values)) if values else 0.0


def duration_ms(samples: bytes) -> int:
    return len(samples) // BYTES_PER_MS


def padded(stretches: Sequence[Stretch], total_ms: int) -> list[Stretch]:
    """Each with ``PAD_MS`` around it, joined where they then touch."""
    parts: list[Stretch] = []
    for stretch in stretches:
        start, end = max(0, stretch.start_ms - PAD_MS), min(total_ms, stretch.end_ms + PAD_MS)
        if parts and start <= parts[-1].end_ms:
            parts[-1] = Stretch(parts[-1].start_ms, end)
        else:
            parts.append(Stretch(start, end))
    return parts


def cut(samples: bytes, parts: Sequence[Stretch]) -> bytes:
    """The parts of a recording, one after the other."""
    return b"".join(samples[part.start_ms * BYTES_PER_MS : part.end_ms * BYTES_PER_MS] for part in parts)


def in_recording(cut_ms: float, parts: Sequence[Stretch]) -> int:
    """Where in the recording a point in time of ``cut`` is; its ends for what is outside."""
    left = max(0.0, cut_ms)
    for part in parts:
        if left <= part.length_ms:
            return part.start_ms + round(left)
        left -= part.length_ms
    return parts[-1].end_ms if parts else 0
