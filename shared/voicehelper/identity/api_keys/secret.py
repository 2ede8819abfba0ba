"""The text of a key, ``vh_<prefix>_<secret><checksum>``, in digits and letters of ASCII alone.

``new_secret`` makes one and ``read_secret`` reads what a caller sends. The prefix is public and finds the key; the
secret is 256 random bits. A secret that long needs no slow hash: nobody can guess it. The checksum lets typos and
secret scanners be judged without a look-up, as GitHub's tokens do:
https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from typing import Final

MARK: Final = "vh_"
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX_CHARS: Final = 12  # 71 bits: no two keys draw the same
_SECRET_BYTES: Final = 32
_SECRET_CHARS: Final = 43  # of 62 each, for 256 bits
_CHECKSUM_CHARS: Final = 6  # for the 32 bits of CRC-32
_FORM: Final = re.compile(r"vh_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")


@dataclass(frozen=True, slots=True)
class Presented:
    """A well-formed key as a caller sends it: its prefix, and the SHA-256 of its secret's 32 bytes."""

    prefix: str
    digest: bytes


def new_secret() -> str:
    """The whole key, which is shown once and stored nowhere."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX_CHARS))
    body = f"{MARK}{prefix}_{_encode(int.from_bytes(secrets.token_bytes(_SECRET_BYTES)), _SECRET_CHARS)}"
    return body + _checksum(body)


def read_secret(text: str) -> Presented | None:
    """None for what cannot be a key, however it differs from one."""
    match = _FORM.fullmatch(text)
    if match is None or _checksum(text[:-_CHECKSUM_CHARS]) != match[3]:
        return None
    number = _decode(match[2])
    if number >> 8 * _SECRET_BYTES:
        return None
    return Presented(match[1], hashlib.sha256(number.to_bytes(_SECRET_BYTES)).digest())


def _checksum(body: str) -> str:
    return _encode(zlib.crc32(body.encode()), _CHECKSUM_CHARS)


def _encode(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _decode(text: str) -> int:
    number = 0
    for character in text:
        number = number * len(_ALPHABET) + _ALPHABET.index(character)
    return number
