"""The key of a name, by which a question finds it whatever the case, width, script and ending it is written in.

``name_key`` is for what a document declares, ``asked_keys`` for every stretch of a question that may be a name.
"""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.tokenization import STOP_WORDS, normalize, word_terms

MAX_TOKENS: Final = 12  # of a name: words, or Chinese characters
_ASKED_TOKENS: Final = 60  # a longer text has what it asks at its end, or names it more than once
_PART: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff](?: ?[\u3400-\u9fff\uf900-\ufaff])*|[^ ]+")
_TOKEN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+")


def name_key(name: str) -> str:
    """Empty for a name with too many words, and for one of words that every text has."""
    tokens = _tokens(name)
    if all(token in STOP_WORDS for token in tokens):
        return ""
    return " ".join(tokens) if len(tokens) <= MAX_TOKENS and len("".join(tokens)) > 1 else ""


def asked_keys(question: str) -> list[str]:
    """Keys of all stretches of a question, each once."""
    tokens = _tokens(question)
    tokens = tokens[: _ASKED_TOKENS // 2] + tokens[len(tokens[: _ASKED_TOKENS // 2]) :][-_ASKED_TOKENS // 2 :]
    starts = range(len(tokens))
    stretches = (tokens[start:end] for start in starts for end in range(start + 1, start + MAX_TOKENS + 1))
    return list(dict.fromkeys(" ".join(stretch) for stretch in stretches))


def key_terms(key: str) -> frozenset[str]:
    """The index terms of the name that a key is of."""
    return frozenset(term for part in _PART.findall(key) for term in _part_terms(part))


def _part_terms(part: str) -> list[str]:
    return [part] if part.isascii() else word_terms(part.replace(" ", ""))


def _tokens(text: str) -> list[str]:
    """Stems. "WHO" and "IT" in capitals are names; "who" and "it" are not, nor is either where all is in capitals."""
    keeps_case = any(map(str.islower, text)) or len(text) <= MAX_TOKENS
    return [_token(written, keeps_case=keeps_case) for written in _TOKEN.findall(_spaced(text))]


def _spaced(text: str) -> str:
    """ "U.S." and "a/b" as words."""
    return re.sub(r"(?<=\b[A-Z])\.(?=[A-Z]\b)", "", text)


def _token(written: str, *, keeps_case: bool) -> str:
    lower = normalize(written)
    if lower in STOP_WORDS:
        return written if keeps_case and len(written) > 1 and written.isupper() else lower
    return (word_terms(lower) or [lower])[0] if lower.isascii() else lower
