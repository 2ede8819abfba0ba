"""Rates that depend on the quantity: "10 yuan for the first 5, 8 after". Entry: ``has_tiers``, called by ``values``.

Such a rate times a count would be a wrong number, so it is shown and not multiplied.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from voicehelper.agents.planning.amounts import amounts
from voicehelper.agents.planning.periods import plain
from voicehelper.answering.citations import without_marks
from voicehelper.text.sentences import sentences

_COUNT_EN: Final = r"(?:\d[\d,.]{0,12}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|hundred|thousand)"
_COUNT_ZH: Final = r"(?:\d[\d,.]{0,12}|[一二两三四五六七八九十百千万]{1,4})"
_NO_MONEY: Final = r"(?! ?(?:yuan|dollars?|usd|rmb|cny|eur|euros?|pounds?|%|percent))"  # a cap, and no quantity
_TIERED: Final = re.compile(
    rf"\b(?:for )?(?:the )?first (?:{_COUNT_EN} )?(?!half|quarter|year of|phase)[a-z]{{2,20}}\b|\bfirst {_COUNT_EN}\b"
    r"|\b(?:up to|over|above|beyond|below|under|more than|fewer than|less than|exceeding|at least|from) "
    rf"{_COUNT_EN}\b{_NO_MONEY}"
    rf"|\b{_COUNT_EN} (?:or|and) (?:more|fewer|less|above|over)\b|\b{_COUNT_EN} ?(?:-|–|to) ?{_COUNT_EN} [a-z]{{2,20}}"
    r"|\b(?:thereafter|afterwards?|after that|(?:each|every|any|for) (?:additional|further|extra|subsequent)|"
    r"additional|subsequent|the rest|the remainder|remaining|tier(?:s|ed)?|graduated|sliding scale|bulk|"
    r"volume discount)\b"
    rf"|[前首]{_COUNT_ZH} ?[\u4e00-\u9fff]|首[件个月晚年小公重次]|起步|起租|续[重租件]"
    rf"|(?:超过|超出|不足|不满|满|达到|少于|多于|大于|小于) ?{_COUNT_ZH} ?(?!元|块|美元|万元|亿)[\u4e00-\u9fff]"
    rf"|{_COUNT_ZH} ?[\u4e00-\u9fff]{{1,3}}(?:\(含\))?(?:以上|以下|以内|以外|之内|之后|以后|起)"
    rf"|{_COUNT_ZH} ?(?:-|~|–|至|到) ?{_COUNT_ZH} ?[\u4e00-\u9fff]"
    r"|超[出过]部分(?!自|不|由|须|需|应由|概)|超[出过]的(?!自|不|由|须|需)|其余|剩余|余下|之后每|以后每|此后|每增加|每超|另加|阶梯|分档|分段|累进|递减",
    re.IGNORECASE,
)
# One rate alone says by these that it is of a part of the quantity.
_OF_A_PART: Final = re.compile(
    rf"\bfirst {_COUNT_EN} [a-z]{{2,20}}|\b(?:each|every) (?:additional|further|extra|subsequent)|[前首] ?{_COUNT_ZH} ?"
    r"[\u4e00-\u9fff]|续[重租件]|起步价|每增加",
    re.IGNORECASE,
)
# What begins so goes on with the rate of the sentence before.
_CONTINUES: Final = re.compile(
    r"(?:further|each additional|every additional|additional|after that|afterwards|thereafter|beyond|above|over|any|"
    r"from|the rest|subsequent|more than)\b|之后|此后|以后|其余|剩余|余下|超过|超出|续|每增加|满|第",
    re.IGNORECASE,
)
_RATES: Final = 2  # at least, of which the quantity chooses one


def has_tiers(observation: str, quote: str) -> bool:
    """Whether ``quote``, the sentence of a rate, and those beside it name other rates for other quantities."""
    text = plain(_around(observation, quote))
    rates = [amount for amount in amounts(text) if amount.is_money or amount.unit in ("percent", "折")]
    if rates and _OF_A_PART.search(text):
        return True
    return len({amount.number for amount in rates}) >= _RATES and _TIERED.search(text) is not None


def _around(observation: str, quote: str) -> str:
    lines = [line for line in observation.split("\n") if line.strip()]
    told = [sentence.strip() for line in lines for sentence in sentences(without_marks(line)) or [without_marks(line)]]
    place = next((n for n, sentence in enumerate(told) if sentence == quote), None)
    if place is None:
        return quote
    before = told[place - 1 : place] if _CONTINUES.match(quote) else []
    return " ".join([*before, quote, *itertools.takewhile(_CONTINUES.match, told[place + 1 :])])
