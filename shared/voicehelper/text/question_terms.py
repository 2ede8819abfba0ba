"""Content terms of a question, weighted by inverse document frequency.

``question_terms`` is the entry of the reader and the grounding check, ``content_ids`` that of search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from voicehelper.text.other_names.keys import key_terms
from voicehelper.text.spellings.find import spellings
from voicehelper.text.spellings.numerals import ENGLISH
from voicehelper.text.tokenization import normalize, term_id, terms, word_terms


def _longest_first(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


# Question words and particles, removed before tokenization so that no character pair spans the gap.
_ASKING_ZH: Final = """
    请问 请告诉我 告诉我 我想知道 想知道 什么时候 什么样 什么 为什么 为何 多少 多少钱 多久 多长 多大 多高 多远
    多重 哪一年 哪一个 哪一 哪些 哪个 哪里 哪儿 哪位 哪种 哪年 哪天 哪 谁 几 怎么样 怎么办 怎么 怎样 如何 是否
    能否 可否 可不可以 能不能 是不是 有没有 可以 应该 需要 吗 呢 吧 啊 的话 的 了 是 在 我们 我 你 有哪些
    有多少 有几 找谁 问谁 联系谁 啥 咋 咋办 麻烦 帮我 请 列出 列举 的内容是什么 内容是什么 规定了什么 规定什么
    说了什么 说什么 讲了什么 讲什么 写了什么 写什么 一共 总共 到底 所有
"""
_ASKING_EN: Final = (
    r"\b(?:my |the )?question is(?: therefore| now| simply)?\b|\btherefore\b|"
    r"\bhow (?:often|long|many|much|far|old|big|large|high|tall|wide|deep|heavy|fast|soon|early|late|come)\b|"
    r"\bwhat (?:kind|type|sort) of\b|\b(?:says?|said|means?|meant|happen(?:s|ed)?|tell|please|gets?|needs?|want|must|"
    r"shall|might|any|about|me|us|also|exactly|called|list|know|there|much|many)\b(?!-)"
)
_ASKING_OTHER: Final = (
    r"(?<!\d )(?<!in )(?<!of )(?<!by )(?<!since )\bmay\b(?! \d)|"  # not the month
    r"\b(?:wer|wo|wann|wie ?viele?|wie|welche[rsnm]?|warum|qui|quand|où|comment|combien|pourquoi|quel(?:le)?s?|quién|"
    r"dónde|cuándo|cómo|cuántos?|cuál|qué|кто|что|где|когда|как(?:ой|ая|ое|ие|их)?|сколько|почему|чей|зовут|находится)\b|"
    "언제|어디에?|누구|무엇|얼마나?|어떻게|어느|인가요?|입니까|있습니까|습니까|[은는이가을를의](?=[ ?？]|$)|"
    "どこ|いつ|誰|だれ|何時|何|なに|いくら|なぜ|どうやって|どう|ですか|ますか|でしょうか|ください|[はがをのにで]"
)
_ASKING: Final = re.compile(
    f"的?内容(?=\\W*$)|{_longest_first(_ASKING_ZH)}|{_ASKING_EN}|{_ASKING_OTHER}", re.IGNORECASE
)

_LONG_NUMBER: Final = 5  # digits
Idf = Callable[[int], float]


def idf_lookup(idf: Mapping[int, float]) -> Idf:
    """idf by term id; a term that is not in the mapping has the highest idf of it."""
    highest = max(idf.values(), default=1.0)
    return lambda term: idf.get(term, highest)


@dataclass(frozen=True, slots=True)
class OtherName:
    """What documents call a thing that the question names: ``key`` is that of its name, ``other`` theirs."""

    key: str
    other: str


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """Content terms of a question with their weights; ``total`` is the sum of the weights.

    ``aliases`` are other terms that stand for one of them: of "05/03/2024", the date with the month first. ``named``
    are (terms of another name, terms of the question that all of them together stand for).
    """

    weights: Mapping[str, float]
    total: float
    aliases: Mapping[str, str] = field(default_factory=dict)
    named: Sequence[tuple[frozenset[str], frozenset[str]]] = ()

    def with_named(self, present: frozenset[str]) -> frozenset[str]:
        """``present``, and the question's names that are there as another one."""
        return present.union(*(own for others, own in self.named if others <= present)) if self.named else present

    def found(self, present: Iterable[str]) -> frozenset[str]:
        """The question's terms among ``present``, by any of their names."""
        names = self.with_named(frozenset(present))
        own = frozenset(name for name in names if name in self.weights)
        if not self.aliases:
            return own
        return own | {self.aliases[name] for name in names if name in self.aliases}

    def coverage(self, present: Iterable[str]) -> float:
        """Share of the total weight that the terms in ``present`` have, 0 … 1."""
        return sum(self.weights[term] for term in self.found(present)) / self.total if self.total else 0.0


def question_terms(question: str, idf: Idf, names: Sequence[OtherName] = ()) -> QuestionTerms:
    """idf-weighted content terms; a pair of characters counts half again as much as a single one."""
    distinct = dict.fromkeys(_content_terms(question))
    weights = {names[0]: idf(term_id(names[0])) * _length_weight(names[0]) for names in distinct}
    aliases = {alias: names[0] for names in distinct for alias in names[1:] if alias not in weights}
    pairs = ((frozenset(terms(pair.other)), key_terms(pair.key)) for pair in names)
    return QuestionTerms(weights, sum(weights.values()), aliases, tuple(pair for pair in pairs if all(pair)))


def without_asking(question: str) -> str:
    """The normalized question without the words that only ask."""
    return _ASKING.sub(" ", normalize(question))


def before_asking(question: str) -> str:
    """What stands before the first word that only asks; empty where there is none."""
    return _ASKING.split(question, maxsplit=1)[0] if _ASKING.search(question) else ""


def content_terms(question: str) -> list[str]:
    """Terms of a text that are no words of asking; empty where it has none."""
    return word_terms(without_asking(question))


def has_content(question: str) -> bool:
    return bool(content_terms(question))


def is_exact(term: str) -> bool:
    """Whether a term is a number, date or code, which nothing else may stand for."""
    return any(map(str.isdecimal, term))


def is_key(term: str) -> bool:
    """Whether a term alone says what is meant: a code, date, time, clause, version or long number; not a year."""
    digits = sum(map(str.isdecimal, term))
    is_plain = all(character.isdecimal() or character == "." for character in term)
    return digits >= _LONG_NUMBER or (digits > 0 and (not is_plain or term.count(".") > 1))


def content_ids(question: str) -> frozenset[int]:
    """Term ids of the question's content terms."""
    return frozenset(term_id(names[0]) for names in _content_terms(question))


def _content_terms(question: str) -> list[tuple[str, ...]]:
    """Each with its other names. A date, number or code is one term, not those of its parts."""
    rest = without_asking(question)
    asked = [spelling for spelling in spellings(rest) if spelling.asked]
    for spelling in reversed(asked):
        rest = f"{rest[: spelling.start]} {rest[spelling.end :]}"
    words = [(term,) for term in word_terms(rest) if term not in ENGLISH]
    spelled = [names for spelling in asked for names in spelling.asked]
    return [*words, *spelled] or [(term,) for term in terms(question)]


def _length_weight(term: str) -> float:
    if not _is_han(term[0]):
        return 2.0
    return 1.5 if len(term) == 2 else 0.5


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
