"""How long a file of speech plays: ``duration_ms``, from the headers of its frames; ``speech`` calls it.

RIFF: http://soundfile.sapp.org/doc/WaveFormat/; MPEG audio: ISO 11172-3 §2.4.2.3; Ogg: RFC 3533 §6, RFC 7845 §4.
"""

from __future__ import annotations

from typing import Final

_LAYER_III_KBPS: Final = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def duration_ms(content: bytes) -> int:
    """0 for what is none of WAV, MP3, Ogg Opus and Ogg Vorbis."""
    if content[:4] == b"RIFF":
        return _wav_ms(content)
    if content[:4] == b"OggS":
        return _ogg_ms(content)
    return _mp3_ms(content)


def _wav_ms(content: bytes) -> int:
    """A server that streams does not know the length it announces, so what is there counts."""
    at, bytes_a_second = 12, 0
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"fmt ":
            bytes_a_second = int.from_bytes(content[at + 16 : at + 20], "little")
        if name == b"data":
            size = min(size, len(content) - at - 8)
            return size * 1000 // bytes_a_second if bytes_a_second else 0
        at += 8 + size + size % 2
    return 0


def _ogg_ms(content: bytes) -> int:
    """The position of the last page, less what a decoder of Opus throws away at the beginning."""
    last = content.rfind(b"OggS")
    position = int.from_bytes(content[last + 6 : last + 14], "little")
    if (head := content.find(b"OpusHead", 0, 300)) >= 0:
        skipped = int.from_bytes(content[head + 10 : head + 12], "little")
        return max(0, position - skipped) // 48
    if (head := content.find(b"\x01vorbis", 0, 300)) >= 0:
        rate = int.from_bytes(content[head + 12 : head + 16], "little")
        return position * 1000 // rate if rate else 0
    return 0


def _mp3_ms(content: bytes) -> int:
    at = _after_id3(content)
    seconds = 0.0
    while at + 4 <= len(content):
        header = int.from_bytes(content[at : at + 4], "big")
        version, layer = header >> 19 & 3, header >> 17 & 3
        bit_rate, rate = header >> 12 & 15, header >> 10 & 3
        if header >> 21 != 0x7FF or version == 1 or layer != 1 or bit_rate in (0, 15) or rate == 3:
            at += 1
            continue
        samples, hertz = (1152 if version == 3 else 576), _RATES[version][rate]
        kbps = _LAYER_III_KBPS[1 if version == 3 else 2][bit_rate]
        at += samples // 8 * kbps * 1000 // hertz + (header >> 9 & 1)
        seconds += samples / hertz
    return round(seconds * 1000)


def _after_id3(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size
