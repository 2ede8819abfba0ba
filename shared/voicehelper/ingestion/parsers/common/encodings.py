"""Which encodings a text file may have, and in which languages each is written.

Entry points: ``CANDIDATES`` and ``declared_codec``, used by ``decoding``.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

from voicehelper.ingestion.parsers.common.plausibility import LANGUAGES


class Candidate(NamedTuple):
    """``rarity`` is what the encoding must be more plausible by, in bits, than those that are common today."""

    encoding: str
    languages: tuple[str, ...]
    rarity: float = 0.0


_WESTERN: Final = ("de", "fr", "es", "pt", "it", "nordic", "nl", "is")
_CENTRAL: Final = ("pl", "cs", "hu", "ro", "hr", "de")
_CYRILLIC: Final = ("ru", "uk", "bg", "sr")
UTF_16: Final = (Candidate("utf-16-le", LANGUAGES), Candidate("utf-16-be", LANGUAGES))
CANDIDATES: Final = (
    Candidate("utf-8", LANGUAGES),
    Candidate("gb18030", ("zh-hans", "zh-hant")),
    Candidate("cp1252", _WESTERN),
    Candidate("cp950", ("zh-hant",)),
    Candidate("cp932", ("ja",)),
    Candidate("euc_jp", ("ja",), 2.0),
    Candidate("cp949", ("ko",)),
    Candidate("cp1251", _CYRILLIC),
    Candidate("cp1250", _CENTRAL, 1.5),
    Candidate("cp1254", ("tr",), 1.5),
    Candidate("cp1253", ("el",)),
    Candidate("cp1257", ("lt",), 3.0),
    Candidate("cp1255", ("he",), 2.0),
    Candidate("cp1256", ("ar",), 2.0),
    Candidate("cp874", ("th",), 2.0),
    Candidate("koi8_u", _CYRILLIC, 1.0),
    Candidate("iso8859_15", _WESTERN, 3.0),
    Candidate("iso8859_2", _CENTRAL, 3.0),
    Candidate("iso8859_7", ("el",), 2.0),
    Candidate("iso8859_5", _CYRILLIC, 3.0),
    Candidate("cp866", _CYRILLIC, 3.0),
    Candidate("mac_cyrillic", _CYRILLIC, 6.0),
    Candidate("mac_roman", _WESTERN, 7.0),
    Candidate("cp850", _WESTERN, 7.0),
    Candidate("cp852", _CENTRAL, 6.0),
    Candidate("big5hkscs", ("zh-hant",), 6.0),
)
# Python also registers transformations as encodings, some of which take quadratic time.
_TEXT_CODEC: Final = re.compile(
    r"(iso8859-\d+|cp\d+|koi8-[rut]|mac-\w+|gb\w+|hz|big5\w*|shift_jis\w*|euc_\w+|johab|iso2022_\w+|utf-[78]"
    r"|tis-620|ascii|kz1048|ptcp154)"
)
# What browsers read instead, since authors do.
_WIDER: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254",
    "shift_jis": "cp932", "euc_kr": "cp949", "big5": "cp950", "tis-620": "cp874", "iso8859-11": "cp874",
}  # fmt: skip


def declared_codec(name: str) -> str | None:
    """The codec for an encoding's name in a file; None for names that are unknown, or cannot be right.

    A name that could be read byte by byte was not written in UTF-16.
    """
    try:
        codec = codecs.lookup(name.strip().lower()).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(codec, codec) if _TEXT_CODEC.fullmatch(codec) else None


def is_stateful(codec: str) -> bool:
    """Whether the encoding writes other characters with ASCII bytes."""
    return codec in ("utf-7", "hz") or codec.startswith("iso2022")
