"""Decodes text files of unknown encoding.

Entry function: ``decode``; the text, web and mail parsers call it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parsers.common.documents import MAX_CHARACTERS
from voicehelper.ingestion.parsers.common.encodings import (
    CANDIDATES,
    UTF_16,
    Candidate,
    declared_codec,
    is_stateful,
)
from voicehelper.ingestion.parsers.common.plausibility import ASCII_COST, LANGUAGES, surprise

_MAX_BYTES = 4 * MAX_CHARACTERS  # no encoding takes more than four bytes a character
_SAMPLE_BYTES = 16_000
_LINE_BYTES = 2_000
_LINE_START_BYTES = 50  # of ASCII before the first other byte
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAX_MEAN_COST = 16.0  # bits of a character beyond ASCII; more is in no language
_DECLARED_WEIGHT = 0.6  # a declared encoding wins unless another is far more plausible
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B]")


def decode(content: bytes, declared: str = "") -> tuple[str, list[str]]:
    """The text, and the warnings ``encoding_repaired`` and ``large_text`` where they apply.

    ``declared`` is the encoding that the file names for itself, which may be wrong. Raises RejectedError ``no_text``
    for bytes that are not text in any encoding.
    """
    # Decoding all of a 50 MB file to keep a tenth of it would cost ten times the memory.
    head = content[:_MAX_BYTES]
    encoding = _encoding_by_mark(head) or _guess_encoding(head, declared_codec(declared) if declared else None)
    if encoding is None:
        raise RejectedError("no_text", "binary content")
    text, was_repaired = _decode_leniently(head, encoding)
    warnings = ["encoding_repaired"] if was_repaired else []
    if len(text) > MAX_CHARACTERS or len(content) > _MAX_BYTES:
        warnings.append("large_text")
    return text[:MAX_CHARACTERS].removeprefix("\ufeff").replace("\0", "\ufffd"), warnings


def _decode_leniently(content: bytes, encoding: str) -> tuple[str, bool]:
    """(text with U+FFFD for malformed sequences, whether there were any)."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content)
    has_nul = b"\0" in content and not encoding.startswith(("utf-16", "utf-32"))
    # U+FFFD may stand in the file itself: only what strict decoding refuses was repaired here.
    has_malformed = "\ufffd" in text and not _is_valid(content, encoding)
    return text, has_nul or has_malformed or _ends_within_character(content, encoding)


def _is_valid(content: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(content)
    except UnicodeError:
        return False
    return True


def _ends_within_character(content: bytes, encoding: str) -> bool:
    """Whether the last sequence of a file that was read whole is incomplete."""
    if len(content) >= _MAX_BYTES or is_stateful(encoding):
        return False
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decoder.decode(content)
    return bool(decoder.getstate()[0])


def _encoding_by_mark(content: bytes) -> str | None:
    if _JAPANESE_ESCAPE.search(content, 0, 100_000) and _is_valid(content, "iso2022_jp_2"):
        return "iso2022_jp_2"
    return next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), None)


def _guess_encoding(content: bytes, declared: str | None) -> str | None:
    """None for bytes that are text in no encoding."""
    if declared and is_stateful(declared) and _is_valid(content, declared):
        return declared
    head = content[:_SAMPLE_BYTES]
    if _is_valid(content, "utf-8") and not _is_binary(head.decode("utf-8", "ignore")) and not _is_cut_ascii(content):
        return "utf-8"
    encoding = _utf_16(content[: _SAMPLE_BYTES // 4]) or _most_plausible(content, declared)
    return None if _is_binary(codecs.getincrementaldecoder(encoding)("replace").decode(head)) else encoding


def _is_cut_ascii(content: bytes) -> bool:
    """ASCII up to an incomplete sequence at the end, which is more likely a letter of another encoding."""
    return not content.isascii() and content[:-3].isascii() and _ends_within_character(content, "utf-8")


def _is_binary(sample: str) -> bool:
    return len(_CONTROL.findall(sample)) > 0.05 * len(sample)


def _utf_16(head: bytes) -> str | None:
    """UTF-16 without a mark, if the head is more plausible in it than in any encoding of single bytes."""
    best = _best([_reading(head, candidate) for candidate in UTF_16])
    if best.mean_cost > _MAX_MEAN_COST or not _is_valid(head, best.encoding):
        return None
    return best.encoding if best.cost < _best([_reading(head, candidate) for candidate in CANDIDATES]).cost else None


def _most_plausible(content: bytes, declared: str | None) -> str:
    """UTF-8 where every reading is gibberish, and for damaged files; malformed bytes are replaced."""
    if b"\0" in content:
        return "utf-8"
    sample = b"".join(_lines_beyond_ascii(content))
    readings = [_reading(sample, candidate) for candidate in CANDIDATES]
    if declared and declared != "utf-8":
        readings.append(_reading(sample, Candidate(declared, LANGUAGES), _DECLARED_WEIGHT))
    best = _best(readings)
    return best.encoding if best.mean_cost <= _MAX_MEAN_COST else "utf-8"


def _lines_beyond_ascii(content: bytes) -> Iterator[bytes]:
    """Up to some _SAMPLE_BYTES of lines, wherever they stand; of a long one the part around its first such byte."""
    room, end = _SAMPLE_BYTES, 0
    while room > 0 and (found := _BEYOND_ASCII.search(content, end)):
        window = max(end, found.start() - _LINE_START_BYTES)
        start = max(window, content.rfind(b"\n", window, found.start()) + 1)
        newline = content.find(b"\n", found.start(), found.start() + _LINE_BYTES)
        part_end = newline + 1 if newline >= 0 else found.start() + _LINE_BYTES
        yield content[start:part_end]
        room -= part_end - start
        if newline < 0:  # the rest of a long line may start inside a character
            newline = content.find(b"\n", part_end)
        end = newline + 1 if newline >= 0 else len(content)


class _Reading(NamedTuple):
    """``cost`` in bits counts what differs between encodings; ``mean_cost`` is that of a character beyond ASCII."""

    encoding: str
    cost: float
    mean_cost: float


def _best(readings: list[_Reading]) -> _Reading:
    return min(readings, key=lambda reading: reading.cost)


def _reading(sample: bytes, candidate: Candidate, weight: float = 1.0) -> _Reading:
    text = sample.decode(candidate.encoding, "replace")
    count = sum(character > "\x7f" for character in text)
    ascii_cost = ASCII_COST * (len(text) - count)
    cost = surprise(text, candidate.languages) - ascii_cost
    return _Reading(candidate.encoding, ascii_cost + weight * cost + candidate.rarity, cost / max(count, 4))
