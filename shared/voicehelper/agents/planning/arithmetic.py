"""Arithmetic that a task writes out, in signs or in words: "(1500-1200)/1200*100", "12.5% of 8,400", "3 加 5".

``arithmetic`` is the entry; ``rules`` is the caller. The text is ``amounts.plain``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from voicehelper.agents.planning.amounts import decimal_text
from voicehelper.agents.planning.drafts import Draft

MAX_EXPRESSION: Final = 500  # characters that the calculator takes
_POWERS: Final = {
    "万": 4,
    "亿": 8,
    "千": 3,
    "百万": 6,
    "千万": 7,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
}
_N: Final = (
    r"[$¥€£]?(?:\d{1,3}(?:,\d{3}){1,7}+(?:\.\d{1,12})?|\d{1,24}(?:\.\d{1,12})?) ?(?:(?:百万|千万|万|亿|million|"
    r"billion|thousand)\b ?)?%?"
)
_UNIT: Final = r"(?:元|块|美元|欧元|英镑|人|天|件|个|台|次|小时|月|年|yuan|dollars?|euros?|pounds?|usd|eur|cny|rmb)?"
# Words for signs, between what they stand between.
_SIGNS: Final = tuple(
    (re.compile(rf"(?<=[\d%)万亿元人天件个台次]) ?{words} ?(?=[-($¥€£\d])", re.IGNORECASE), sign)
    for words, sign in (
        (r"(?:plus|加上?)", " + "),
        (r"(?:minus|减去?)", " - "),
        (r"(?:times|multiplied by|乘以|乘上?|[xX×·])", " * "),
        (r"(?:divided by|除以|÷)", " / "),
        (r"(?:to the power of|raised to|\^)", " ** "),
        (r"(?:(?<=%) ?of(?: the)?|的(?=百分之| ?\d{1,9}(?:\.\d{1,9})? ?%))", " * "),
    )
)
_Replace = str | Callable[[re.Match[str]], str]
_WORDINGS: Final[tuple[tuple[re.Pattern[str], _Replace], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), wording)
    for pattern, wording in (
        (r"(?<=\d) ?(?:percent|per cent)\b", "%"),
        (r"百分之 ?(\d{1,12}(?:\.\d{1,12})?)", r"\1%"),
        (r"(?:the )?square root of (\d{1,24}(?:\.\d{1,12})?)", r"sqrt(\1)"),
        (r"根号 ?(\d{1,24}(?:\.\d{1,12})?)", r"sqrt(\1)"),
        (r"(?<!\d)(\d{1,24}(?:\.\d{1,12})?) ?的(?:算术)?平方根", r"sqrt(\1)"),
        (r"(?<=\d) ?(?:的平方|squared\b)", " ** 2"),
        (r"(?<=\d) ?(?:的立方|cubed\b)", " ** 3"),
        (r"(?<=\d) ?的 ?(\d{1,4}) ?次方", r" ** \1"),
        (r"\bhalf of (?=\d)", "0.5 * "),
    )
)
# (what is asked, the expression of its groups)
_FORMS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (rf"\bwhat (?:percent(?:age)?|%) of ({_N}) (?:is|are) ({_N})", "{1} / {0} * 100"),
        (rf"({_N}) (?:is|are) what (?:percent(?:age)?|%) of ({_N})", "{0} / {1} * 100"),
        (rf"\b({_N}) as an? percent(?:age)? of ({_N})", "{0} / {1} * 100"),
        (rf"({_N}) ?(?:是|占) ?({_N}) ?的 ?(?:百分之(?:几|多少)|百分比|比例)", "{0} / {1} * 100"),
        (rf"({_N}) ?是 ?({_N}) ?的(?:几倍|多少倍)", "{0} / {1}"),
        (rf"\b(?:increase|raise) ({_N}) by ({_N})(?<=%)", "{0} * (1 + {1})"),
        (rf"\b(?:decrease|reduce|lower|cut) ({_N}) by ({_N})(?<=%)", "{0} * (1 - {1})"),
        (rf"({_N}) (?:increased|raised) by ({_N})(?<=%)", "{0} * (1 + {1})"),
        (rf"({_N}) (?:decreased|reduced) by ({_N})(?<=%)", "{0} * (1 - {1})"),
        (rf"({_N}) ?(?:增加|增长|上涨|提高|上调)了? ?({_N})(?<=%)", "{0} * (1 + {1})"),
        (rf"({_N}) ?(?:减少|下降|下跌|降低|下调)了? ?({_N})(?<=%)", "{0} * (1 - {1})"),
    )
)
_LIST: Final = rf"{_N}(?: ?(?:, and|,|、|和|与|and|以及) ?{_N}){{1,20}}+"
_LIST_FORMS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (rf"\b(?:average|mean) of ({_LIST})", "mean"),
        (rf"\b(?:sum|total) of ({_LIST})", "sum"),
        (rf"(?<![\d.,])({_LIST}) ?(?:这[几\d一-十]{{1,3}}个数)?的(?:平均|均值)", "mean"),
        (rf"(?<![\d.,])({_LIST}) ?(?:这[几\d一-十]{{1,3}}个数)?的(?:总?和|合计)", "sum"),
        (rf"\b(?:add|sum)(?: up)? ({_LIST})", "sum"),
    )
)
_TOKEN: Final = re.compile(
    rf"(?P<number>(?<![A-Za-z\d_.])[$¥€£]?(?:\d{{1,3}}(?:,\d{{3}})++(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?))"
    rf"(?: ?(?P<scale>百万|千万|万|亿|(?:million|billion|thousand)\b))?(?P<percent> ?%)?(?: "
    rf"?{_UNIT}(?![A-Za-z\d\u4e00-\u9fff]))?"
    r"|(?P<name>\b(?:sqrt|abs|round|min|max|ln|exp|sum|mean)(?= ?\())|(?P<sign>\*\*|//|[-+*/\u2212])|"
    r"(?P<open>\()|(?P<close>\))"
    r"|(?P<comma>,)|(?P<space> )",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"请?(?:帮我|帮忙|给我)?(?:计算|算)(?:一?下|出)?|等于(?:多少|几)?|是多少|得多少|多少|几|结果|请问?|"
    r"帮我|的值|答案|是|求|式子|表达式"
    r"|\b(?:please|calculate|compute|evaluate|work out|solve|what(?:'s|s| is| does)?|how much(?: is)?|the|result of|"
    r"value of|equals?|is|find|can you|could you|tell me|me|for|answer|expression|to|of)\b|[=?？:：。.,，!！\"“”'’`]",
    re.IGNORECASE,
)
_CALCULATES: Final = re.compile(
    r"计算|算|等于|=|\b(?:calculate|compute|evaluate|work out|what(?:'s| is))\b", re.IGNORECASE
)
_YEARS: Final = re.compile(r"(?:19|20)\d\d - (?:19|20)?\d\d(?: - \d{1,2})?|(?:19|20)\d\d - \d{1,2} - \d{1,2}")
_WEAK: Final = re.compile(r"\d{1,12}(?:[-/]\d{1,12}){1,2}")  # "2023-2024", "24/7" and dates


def arithmetic(text: str) -> Draft | None:
    """None where the text has no expression, or is about something else and has one by chance."""
    wanted = _with_signs(text)
    for expression, rest in (*_forms(wanted), *_runs(wanted)):
        if len(expression) <= MAX_EXPRESSION and _is_all(expression, rest):
            return Draft("arithmetic", expression=expression)
    return None


def _with_signs(text: str) -> str:
    for pattern, wording in _WORDINGS:
        text = pattern.sub(wording, text)
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return text


def _forms(text: str) -> Iterator[tuple[str, str]]:
    """(expression, the text around it)."""
    for pattern, form in _FORMS:
        if match := pattern.search(text):
            yield form.format(*map(_figure, match.groups())), _around(text, match)
    for pattern, name in _LIST_FORMS:
        if match := pattern.search(text):
            yield f"{name}({', '.join(map(_figure, _numbers(match[1])))})", _around(text, match)


def _numbers(text: str) -> list[str]:
    return [match[0] for match in _TOKEN.finditer(text) if match["number"]]


def _around(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _figure(text: str) -> str:
    match = _TOKEN.match(text.strip())
    return _number(match) if match and match["number"] else text.strip()


def _number(match: re.Match[str]) -> str:
    number = Decimal(match["number"].lstrip("$¥€£").replace(",", ""))
    shown = decimal_text(number.scaleb(_POWERS.get((match["scale"] or "").lower(), 0)))
    return f"{shown}%" if match["percent"] else shown


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Longest stretches of tokens that are arithmetic, with the text around each."""
    run: list[re.Match[str]] = []
    for match in _TOKEN.finditer(text):
        if run and match.start() != run[-1].end():
            yield from _expression(text, run)
            run = []
        run.append(match)
    yield from _expression(text, run)


def _expression(text: str, run: Sequence[re.Match[str]]) -> Iterator[tuple[str, str]]:
    tokens = [match for match in run if not match["space"]]
    while tokens and (tokens[-1]["sign"] or tokens[-1]["open"] or tokens[-1]["comma"]):
        tokens.pop()
    while tokens and (tokens[0]["comma"] or tokens[0]["close"] or (tokens[0]["sign"] and tokens[0][0] in "*/")):
        tokens.pop(0)
    if tokens and _is_expression(tokens):
        written = text[tokens[0].start() : tokens[-1].end()]
        around = f"{text[: tokens[0].start()]} {text[tokens[-1].end() :]}"
        # What could be a range or a date is no expression beside other words.
        yield _shown(tokens), around if not _WEAK.fullmatch(written.strip()) else f"{around} \0"


def _is_expression(tokens: Sequence[re.Match[str]]) -> bool:
    """Operands and signs in turn, brackets in pairs, and something to compute."""
    depth, after_operand, computes = 0, False, False
    for token in tokens:
        if token["number"] or token["name"] or token["open"]:
            if after_operand:
                return False
            after_operand = bool(token["number"])
            depth += bool(token["open"])
            computes = computes or bool(token["name"])
        elif token["close"]:
            depth -= 1
            if depth < 0 or not after_operand:
                return False
        else:
            if not after_operand and (token["comma"] or token[0] not in "-+\u2212"):
                return False
            if token["comma"] and not depth:
                return False
            computes = computes or after_operand
            after_operand = False
    return computes and after_operand and depth == 0


def _shown(tokens: Sequence[re.Match[str]]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token["number"]:
            parts.append(_number(token))
        elif token["sign"] and parts and parts[-1] not in ("(", ",") and not parts[-1].endswith(" "):
            parts.append(f" {token[0].replace(chr(0x2212), '-')} ")
        else:
            parts.append(", " if token["comma"] else token[0].replace("\u2212", "-"))
    return "".join(parts)


def _is_all(expression: str, rest: str) -> bool:
    """Whether the rest of the text only asks for the result."""
    left = _ASKED.sub(" ", rest)
    if "\0" in left:
        asks = not any(map(str.isalnum, rest)) or _CALCULATES.search(rest) is not None
        return asks and not any(map(str.isalnum, left)) and not _YEARS.fullmatch(expression)
    return sum(map(str.isalnum, left)) <= _FEW


_FEW: Final = 6  # letters of what may stand beside an expression: "利润率"
