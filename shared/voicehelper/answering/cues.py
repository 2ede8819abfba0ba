"""What an answer of the asked kind looks like: an amount, a date, an interval, a number, a place, a person, a reason.

``answer_cue`` is the entry; the reader ranks sentences by it, and the decision to answer counts it.
"""

from __future__ import annotations

import re
from typing import Final

# (cue in the question, cue in an answer of that kind): a sentence with the matching cue scores higher.
_CUES: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = tuple(
    (re.compile(question_cue, re.IGNORECASE), re.compile(answer_cue, re.IGNORECASE))
    for question_cue, answer_cue in (
        (
            r"多久.{0,6}一次|多长时间.{0,6}一次|频率|周期|how often|how frequently|what interval",
            r"每|\bevery\b|\beach\b|\b(?:dai|week|month|year|hour|quarter|annual)ly\b|\b(?:once|twice)\b|"
            r"\bper (?:day|week|"
            r"month|year|hour)|\d\s?(?:hours?|days?|weeks?|months?|years?|小时|天|周|个?月|年)|一次",
        ),
        (
            r"多少钱|价格|费用|售价|how much|price|cost",
            r"[¥￥$€£]|\d\s?(?:元|美元|欧元|万|USD|RMB|EUR|CHF|GBP|dollars?|euros?|pounds?|francs?|cents?)|"
            r"[一二三四五六七八九十百千万两]元|free of charge|免费",
        ),
        (
            r"什么时候|何时|哪一?年|哪一?天|几点|几月|日期|(?:^|[,.;:!?]\s?|\b(?:and|or|since|until|from|"
            r"by) )when\b|what (?:year|date|day|time)|which year",
            r"\d\s?年|\d\s?月|\d{1,2}[:：]\d{2}|\b1\d{3}\b|\b20\d{2}\b|世纪|century|"
            r"january|february|march|april|may|june|july|august|september|october|november|december",
        ),
        (
            r"多少|几|多久|多长|多大|多高|多远|多重|what (?:percent|number)|"
            r"how (?:many|much|long|old|far|often|big|large)",
            r"\d|[一二三四五六七八九十百千万两半]\s?[个天年月日次台元人名种项条位小分秒米岁%]|"
            r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b",
        ),
        (r"电话|热线|联系方式|phone|hotline|call", r"\d{3,}[- ]?\d{3,}"),
        (r"邮箱|e-?mail", r"[^\s@]@[^\s@]"),
        (
            r"谁|哪位|何人|\bwho\b|\bwhom\b|whose",
            r"[A-Z][a-z]+ [A-Z][a-z]+|[\u4e00-\u9fff]{2,4}(?:先生|女士|经理|总监|老师|博士)|·",
        ),
        (
            r"哪里|在哪|何处|什么地方|\bwhere\b",
            r"在|位于|处|层|楼|室|路|街|区|旁|后|前|内|里|放|到|"
            r"\b(?:in|at|on|behind|near|next to|opposite|inside|under|beside|between|from|to|above|below|"
            r"outside|floor|level)\b",
        ),
        (r"为什么|为何|原因|\bwhy\b", r"因为|由于|因此|所以|为了|because|due to|since|so that|in order to"),
    )
)


def answer_cue(question: str) -> re.Pattern[str] | None:
    """The pattern that an answer to the question contains; None for a question of no known kind."""
    return next((answer for asked, answer in _CUES if asked.search(question)), None)
