"""Whether letters stand for words: "MTTR" for "mean time to repair"."""

from __future__ import annotations

import re
from typing import Final

_ACRONYM: Final = re.compile(r"(?=(?:[^\W\d_a-z]|[a-z0-9&/.-]){2,10}$)(?=.*[A-Z].*[A-Z])[A-Za-z0-9][A-Za-z0-9&/.-]*$")
_SMALL: Final = frozenset(("a", "an", "and", "for", "in", "of", "on", "the", "to", "with", "de", "la", "du", "und"))
_WORD: Final = re.compile(r"[^\W_]+")


def is_acronym(text: str) -> bool:
    """Two to ten Latin letters and digits, at least two of them capitals."""
    return _ACRONYM.match(text) is not None and not text.endswith((".", "-", "/"))


def long_form(acronym: str, before: str) -> str:
    """The last words of ``before`` whose letters the acronym consists of, in order; empty if there are none.

    Source: Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions", PSB 2003: from the right
    each letter is looked for, the first one at the start of a word, in at most min(n + 5, 2 n) words.
    """
    letters = [letter for letter in acronym.lower().rstrip("s" if acronym[-1:] == "s" else "") if letter.isalnum()]
    words = list(_WORD.finditer(before))[-min(len(letters) + 5, 2 * len(letters)) :]
    if not letters or not words:
        return ""
    at = _initials_start(letters, words)
    at = _start(letters, before.lower(), words[0].start()) if at is None else at
    found = before[at:].strip() if at is not None else ""
    return found if _is_long(found, acronym) else ""


def spells_out(acronym: str, text: str) -> bool:
    """Whether the whole of ``text`` is what the acronym stands for."""
    return long_form(acronym, text) == text.strip()


def _initials_start(letters: list[str], words: list[re.Match[str]]) -> int | None:
    """Where the words begin whose first letters these are, small words between them left out."""
    left = list(letters)
    for word in reversed(words):
        initial = word[0][0].lower()
        if initial == left[-1]:
            left.pop()
        elif word[0].lower() not in _SMALL:
            return None
        if not left:
            return word.start()
    return None


def _start(letters: list[str], text: str, first: int) -> int | None:
    at = len(text)
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= first and not (text[at] == letters[number] and (number or _begins_word(text, at))):
            at -= 1
        if at < first:
            return None
    return at


def _begins_word(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _is_long(found: str, acronym: str) -> bool:
    return len(found) > len(acronym) and acronym not in found.split() and "\n" not in found
