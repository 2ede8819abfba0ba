"""The form of a question: its text without what only makes it polite, and with one wording for each way of asking.

``question_form`` is the entry; cached answers are looked up by it. Two questions have one form only if they ask the
same, so everything is kept that is not known to carry no meaning: every number, code, name, sign and negation, the
order of the words, and upper case, which tells "IT" from "it".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_QUOTES: Final = str.maketrans("“”„‟’‘", '""""\'\'')

# Each says nothing where it stands; "Hello Kitty" and "Please Please Me" are names, "how to say thank you" asks for it.
_POLITE_ZH: Final = (
    r"(?:(?:您好|你好)(?=[\s,:;!。])|麻烦(?:您|你)?(?=帮我|告诉我|请问|问)|问一下|请问(?:一下)?|请教一下|想请问|"
    r"(?:我)?想(?:知道|问一下|问|了解一下|了解)|请?告诉我|请?帮我查一下)"
)
_POLITE_EN: Final = (
    r"(?:[Hh](?:i|ello|ey)(?=[,!.])|(?:[Cc]an|[Cc]ould|[Ww]ould) you (?:please )?(?:tell me|let me know|explain)\b|"
    r"(?:[Pp]lease )?[Tt]ell me\b|[Pp]lease tell me\b|[Dd]o you know\b|I (?:would like|want|need) to know\b|"
    r"I'd like to know\b|I was wondering\b|I wonder\b)"
)
_BEFORE: Final = re.compile(rf"^(?:(?:{_POLITE_ZH}|{_POLITE_EN})[\s,:;!.。]*)+")
_END: Final = " ,;.!?。…~"
_LAST_WORD: Final = re.compile(
    r"(?:(?<=[ ,;.!?。])(?:谢谢|多谢)[您你]?|(?<=[,;.!?]) ?(?:please|[Tt]hanks|[Tt]hank you)|"
    r"(?<=[么少谁里何久样])[呢呀啊])$"
)
_MOST_LAST_WORDS: Final = 3

Replacement = str | Callable[[re.Match[str]], str]
# One wording for each; none of them is part of another word of the question.
_WORDINGS: Final[tuple[tuple[re.Pattern[str], Replacement], ...]] = tuple(
    (re.compile(pattern), wording)
    for pattern, wording in (
        (r"(?:什么时候|啥时候|什么时间|啥时间)", "何时"),
        (r"(?:哪儿|何处|什么地方|啥地方)", "哪里"),
        (r"(?:为何|为啥)", "为什么"),
        (r"多长时间", "多久"),
        (r"(?:怎样|怎么)(?![样办了])", "如何"),
        (r"啥", "什么"),
        (r"(?<![这那前后近十百千万好第上下头过])(?<!没有)几(?=天|小时|分钟|个月|个工作日)", "多少"),
        (rf"(?<=[{_HAN}])的(?=[{_HAN}])", ""),
        (r"^什么(?:是|叫)([^,;，；]+)$", r"\1是什么"),
        (r"\b(what|where|who|when|how|why)'s\b", r"\1 is"),
        (r"\bwon't\b", "will not"),
        (r"\b(?:can't|cannot)\b", "can not"),
        (r"\b(\w+)n't\b", r"\1 not"),
        (r"\bhow (?:do|can|could) I\b", "how to"),
        (r"\bhow much time\b", "how long"),
        (r"\bthe ", ""),
    )
)
_SPACES: Final = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")


def question_form(question: str) -> str:
    """Empty for a text that only greets."""
    text = " ".join(_folded(question).translate(_QUOTES).split())
    text = _without_end(_BEFORE.sub("", text))
    text = _SPACES.sub("", _lower_first(text))
    for pattern, wording in _WORDINGS:
        text = pattern.sub(wording, text)
    return text.strip()


def _without_end(text: str) -> str:
    for _ in range(_MOST_LAST_WORDS):
        text = _LAST_WORD.sub("", text.rstrip(_END))
    return text.rstrip(_END)


def _folded(text: str) -> str:
    """Full-width forms as usual ones; "10²" keeps its exponent, which NFKC would make a digit."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        character if unicodedata.category(character) == "No" else unicodedata.normalize("NFKC", character)
        for character in composed
    )


def _lower_first(text: str) -> str:
    """A question's first word has its capital from its place, unless it is "IT" or "A"."""
    first, space, rest = text.partition(" ")
    return f"{first.lower()}{space}{rest}" if first[1:].islower() else text
