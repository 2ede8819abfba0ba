"""``Cursor``: a place in the text of a calculation, and what words stand there; ``scan`` and ``written`` move it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from voicehelper.agents.tools.arithmetic.numbers import FUNCTIONS
from voicehelper.agents.tools.arithmetic.vocabulary import (
    CHINESE_OPERATORS,
    CHINESE_UNITS,
    ENGLISH_OPERATORS,
    FUNCTION_NAMES,
    PERCENT_WORDS,
    POWER_WORDS,
    SUPERSCRIPTS,
)
from voicehelper.agents.tools.protocol import ToolError

HAN: Final = re.compile(
    "[零〇一二两三四五六七八九十百][零〇一二两三四五六七八九十百千万亿]*(?:点[零〇一二三四五六七八九]+)?"
)
_UNIT_GROUP: Final = re.compile(r"\(([^\W\d_][^()0-9+*/-]{0,20})\)")  # 元/(人·天)
_DISCOUNT: Final = re.compile("打 ?[0-9.一二两三四五六七八九]{1,4} ?折")
_LATIN: Final = re.compile(r"[A-Za-z]+(?:10)?(?![A-Za-z])")


@dataclass(slots=True)
class Cursor:
    """``text`` is folded (``scan``); ``lower`` is the same in lower case, character by character."""

    text: str
    at: int = 0
    lower: str = field(init=False)

    def __post_init__(self) -> None:
        self.lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)

    def mistake(self) -> ToolError:
        return ToolError("CALCULATION_NOT_ARITHMETIC", place=self.text[self.at : self.at + 20])

    def ambiguous(self) -> ToolError:
        return ToolError("CALCULATION_AMBIGUOUS", place=self.text[max(0, self.at - 10) : self.at + 10])

    def starts(self, *words: str) -> bool:
        return self.text.startswith(words, self.at)

    def after_spaces(self, at: int) -> int:
        while self.text[at : at + 1] == " ":
            at += 1
        return at

    def skip_spaces(self) -> None:
        self.at = self.after_spaces(self.at)

    def operator_at(self, at: int) -> str:
        """The word of an operator that begins there, in lower case."""
        if self.text.startswith(CHINESE_UNITS, at):
            return ""
        if _DISCOUNT.match(self.text, at):
            return "打"
        if word := next((word for word in CHINESE_OPERATORS if self.text.startswith(word, at)), ""):
            return word
        return self._english(ENGLISH_OPERATORS, at)

    def suffix_at(self, at: int) -> str:
        """A word that acts on the number before it: percent, squared, 平方."""
        words = (word for word in ("平方", "立方") if self.text.startswith(word, at))
        chinese = next((word for word in words if self.text[at + 2 : at + 3] not in tuple("米千公厘分毫英")), "")
        return chinese or self._english({**PERCENT_WORDS, **POWER_WORDS}, at)

    def _english(self, words: dict[str, str] | dict[str, int], at: int) -> str:
        found = (word for word in words if self.lower.startswith(word, at))
        return next((word for word in found if not self.lower[at + len(word) : at + len(word) + 1].isalpha()), "")

    def function_at(self, at: int) -> tuple[str, int]:
        """(name, end) of a function, whose parenthesis follows, or of "pi"; empty for another word."""
        chinese = next((name for name in FUNCTION_NAMES if self.lower.startswith(name, at)), "")
        match = None if chinese else _LATIN.match(self.lower, at)
        word, end = (chinese, at + len(chinese)) if chinese else (match[0], match.end()) if match else ("", at)
        name = FUNCTION_NAMES.get(word, word)
        is_called = name in FUNCTIONS and self.text.startswith("(", self.after_spaces(end))
        return (name, end) if is_called or name == "pi" else ("", at)

    def end_of_unit(self) -> int:
        """Where the next part of a unit ends; 0 if none follows. "/h" and "per hour" are parts."""
        at = self.after_spaces(self.at)
        if self.text[at : at + 1] not in ("/", "·"):
            return self._end_of_word(at)
        at = self.after_spaces(at + 1)
        group = _UNIT_GROUP.match(self.text, at)
        return group.end() if group and group[1].lower() != "pi" else self._end_of_word(at, divides=True)

    def _end_of_word(self, at: int, *, divides: bool = False) -> int:
        character = self.text[at : at + 1]
        is_other = self.operator_at(at) or self.suffix_at(at) or self.function_at(at)[0]
        if not character or is_other or self._is_numeral(at):
            return 0
        if character in "¥$€£" and not divides:
            return at + 1
        if is_chinese(character):
            return self.end_of_chinese(at)
        if not character.isalpha():
            return 0
        while self.text[at : at + 1].isalpha() and not is_chinese(self.text[at]):
            at += 1
        return at + 1 if self.text[at : at + 1] in SUPERSCRIPTS else at

    def _is_numeral(self, at: int) -> bool:
        is_unit = self.text.startswith(CHINESE_UNITS, at)
        return not is_unit and (HAN.match(self.text, at) is not None or self.text.startswith("千分之", at))

    def end_of_chinese(self, at: int) -> int:
        """Of a run of characters without an operator or a number."""
        start = at
        while is_chinese(self.text[at : at + 1]):
            unit = next((unit for unit in CHINESE_UNITS if self.text.startswith(unit, at)), "")
            if not unit and (self.operator_at(at) or (at > start and HAN.match(self.text, at))):
                break
            at += len(unit) or 1
        return at


def is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or character == "円"
