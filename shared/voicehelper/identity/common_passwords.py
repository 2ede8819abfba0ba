"""Passwords that are tried first by whoever guesses: ``is_common`` is the entry, for the validator in ``models``.

The lists are zxcvbn's: the 30,000 most frequent passwords, and frequent words and names. They are imported at the first
call, some 60 ms, so that only processes that set passwords pay for them.
"""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from typing import Final

# Digits and signs that stand for letters; a one or an exclamation mark stands for two of them.
_LETTERS: Final = tuple(str.maketrans("0345789@$|+1!", f"oeastbgaslt{letter * 2}") for letter in "il")
_LETTERS_TO_LAST: Final = re.compile(r"[^\W\d_](?:.*[^\W\d_])?", re.DOTALL)
# A year and a sign; longer affixes are no mere decoration, unless they are common themselves.
_SHORT: Final = 5
_WORDS: Final = 10_000


def is_common(password: str) -> bool:
    """Whether the password is a listed word, in other case, with signs for letters, or with a short or common affix."""
    folded = unicodedata.normalize("NFKC", password).lower()
    letters = _LETTERS_TO_LAST.search(folded)
    if letters is None:
        return False
    # A sign at either end is decoration or stands for a letter.
    starts, ends = {0, letters.start()}, {letters.end(), len(folded)}
    return any(
        _is_decoration(folded[:start]) and _is_decoration(folded[end:]) and _is_listed(folded[start:end])
        for start in starts
        for end in ends
    )


def _is_listed(word: str) -> bool:
    """Also one letter repeated, and a part of the alphabet, of which lists hold only some lengths."""
    if len(set(word)) == 1 or word in string.ascii_lowercase:
        return True
    return any(spelling in _listed() for spelling in (word, *(word.translate(letters) for letters in _LETTERS)))


def _is_decoration(affix: str) -> bool:
    return len(affix) <= _SHORT or affix in _listed()


@functools.cache
def _listed() -> frozenset[str]:
    """The passwords, and the most frequent words and names: each word is in that one list where it ranks highest."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    words = (words if name == "passwords" else words[:_WORDS] for name, words in FREQUENCY_LISTS.items())
    return frozenset(word for part in words for word in part)
