"""Large type on recognised pages that is no heading: the words on a screen, a drawing or a logo.

A text layer says in which type a heading is set; of a picture only the height of its lines is known, and what is drawn
on a page is often larger than the text about it. Entry functions: ``repeated_texts`` and ``without_labels``, called by
``blocks``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from voicehelper.ingestion.parsers.common.headings import numbering_level
from voicehelper.ingestion.parsers.pdf.headings import BODY, Decision
from voicehelper.ingestion.parsers.pdf.lines import Line

_LABELS: Final = 3  # below each other, without text between them: a heading stands above text
_LOGO_PAGES: Final = 3
_NO_LETTER: Final = re.compile(r"[\W_]+")
_ALIKE: Final = str.maketrans("1i", "ll")  # which recognition mixes up
_TWICE: Final = re.compile(r"\b(\w{2,}) \1\b")  # boxes of a drawing that stand side by side
_LABEL: Final = Decision(BODY, "label_of_a_picture")


def repeated_texts(pages: Iterable[Sequence[Line]]) -> frozenset[str]:
    """Keys of lines that stand on several pages: the name of a program on its screens, not that of a section."""
    counts = Counter(key for lines in pages for key in {_key(line) for line in lines if not line.table})
    return frozenset(key for key, pages_with_it in counts.items() if pages_with_it >= _LOGO_PAGES)


def _key(line: Line) -> str:
    return _NO_LETTER.sub("", line.text.lower()).translate(_ALIKE)


def without_labels(lines: Sequence[Line], decisions: Sequence[Decision], repeated: frozenset[str]) -> list[Decision]:
    """The decisions, with body for what repeats, and for rows of headings between which no text stands.

    Numbered headings at both ends of such a row stay: they may be the text's own.
    """
    kept = [
        _LABEL if decision.level and (_key(line) in repeated or _TWICE.search(line.text)) else decision
        for line, decision in zip(lines, decisions, strict=True)
    ]
    for is_run, indices in groupby(range(len(lines)), key=lambda at: bool(decisions[at].level)):
        labels = _without_numbered_ends(list(indices), lines) if is_run else []
        for at in labels if len(labels) >= _LABELS else ():
            kept[at] = _LABEL
    return kept


def _without_numbered_ends(run: list[int], lines: Sequence[Line]) -> list[int]:
    plain = [at for at in run if numbering_level(lines[at].text.strip()) is None]
    return [at for at in run if plain[0] <= at <= plain[-1]] if plain else []
