"""Fiscal years, quarters and halves by their other names: a question says "Q2 of FY2024", the report "second quarter".

Measured on questions about annual reports: the right report comes first, and the page among ten, in one of ten more.
"""

from __future__ import annotations

import re
from typing import Final

# (as written everywhere, in English, in Chinese)
_GROUPS: Final = (
    *(
        ((f"Q{n}", f"{n}Q"), f"{english} quarter", f"第{chinese}季度")
        for n, english, chinese in ((1, "first", "一"), (2, "second", "二"), (3, "third", "三"), (4, "fourth", "四"))
    ),
    (("H1", "1H"), "first half", "上半年"),
    (("H2", "2H"), "second half", "下半年"),
)
_FISCAL: Final = re.compile(
    r"(?<![A-Za-z])FY\s?'?(?:20)?(\d{2})(?!\d)|fiscal(?: year)? 20(\d{2})|20(\d{2})\s?财年", re.IGNORECASE
)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


def period_synonyms(text: str) -> list[str]:
    """What else the periods named in a text are called, in its own language; empty for a text without any."""
    in_chinese = bool(_HAN.search(text))
    found: list[str] = []
    for marks, english, chinese in _GROUPS:
        if any(_is_in(name, text) for name in (*marks, english, chinese)):
            found += [*marks, chinese if in_chinese else english]
    for match in _FISCAL.finditer(text):
        year = f"20{next(filter(None, match.groups()))}"
        found += [f"FY{year}", f"{year}财年" if in_chinese else f"fiscal {year}"]
    return [name for name in dict.fromkeys(found) if not _is_in(name, text)]


def _is_in(name: str, text: str) -> bool:
    """ "Q2" stands in "2024Q2", "Q2'24" and "2Q23" holds "2Q"; "Q20" and "FAQ2" hold neither."""
    year_or_end = r"(?=$|[^A-Za-z0-9]|'?\d{2}(?:\d{2})?(?![A-Za-z0-9]))"
    return re.search(rf"(?<![A-Za-z]){re.escape(name)}{year_or_end}", text, re.IGNORECASE) is not None
