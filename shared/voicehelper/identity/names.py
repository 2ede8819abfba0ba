"""E-mail addresses and usernames in one Unicode form, without characters that nobody sees.

``fold`` gives the form that is stored and compared; ``is_email`` and ``is_visible`` judge it, for ``models``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_EMAIL_CHARS: Final = 254

# One @, a dotted domain, no spaces or control characters: only delivery can prove an address. The library for this,
# email-validator, refuses private domains of companies such as .local, and imports a DNS client.
_EMAIL: Final = re.compile(
    r"^[^\s@\x00-\x1f<>()\[\],;:\"\\]{1,64}@((?:[^\s@\x00-\x1f.]{1,63}\.)+[^\s@\x00-\x1f.]{2,63})$"
)
# What a later reader might decode to a control or format character.
_PERCENT_ENCODED: Final = re.compile(r"%[0-9a-fA-F]{2}")
# A last label that is a number makes the domain an IP address: https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER: Final = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
# Invisible characters that Unicode counts among letters, marks and symbols; str.isprintable() finds the others. From
# Default_Ignorable_Code_Point (https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt), and the blank
# Braille pattern.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def fold(text: str) -> str:
    """NFKC, without spaces around it: full-width and other compatibility forms become the ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def is_email(folded: str) -> bool:
    """False for what is no address, or not the address it looks like."""
    match = _EMAIL.fullmatch(folded) if len(folded) <= MAX_EMAIL_CHARS else None
    return (
        match is not None and is_visible(folded) and _PERCENT_ENCODED.search(folded) is None and _is_host_name(match[1])
    )


def is_visible(text: str) -> bool:
    """No control or format character, none that changes the direction of text, and none without width."""
    return text.isprintable() and _INVISIBLE.search(text) is None


def _is_host_name(domain: str) -> bool:
    """Letters, marks and digits of any script, hyphens and underscores; not the address of a machine."""
    has_characters = all(character in ".-_" or unicodedata.category(character)[0] in "LMN" for character in domain)
    return has_characters and _NUMBER.fullmatch(domain.rpartition(".")[2]) is None
