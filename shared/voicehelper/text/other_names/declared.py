"""The names that a text declares to be the same thing's: in brackets, after "also called", in a list of abbreviations.

``name_rows`` is the entry; the index calls it for every chunk. Only what a text says is a name, so a wrong pair
costs a few words more in a search and never changes what is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from voicehelper.text.other_names.acronyms import is_acronym, long_form, spells_out
from voicehelper.text.other_names.keys import name_key
from voicehelper.text.sentences import CELL_BORDER

MAX_PAIRS: Final = 40  # of one chunk
_MAX_CHARS: Final = 60
_MAX_READ: Final = 6_000  # characters, more than a chunk of prose has
_BEFORE: Final = 100  # characters in which the longer name is looked for
_QUOTES: Final = "\"'“”‘’「」『』《》„‟«»"
_SAYS: Final = (
    r"以下(?:统一)?简称(?:为)?|以下称(?:为|作)?|下文(?:简)?称(?:为)?|下称|简称(?:为|作)?|英文(?:名|简称|缩写)?(?:为|是)?|"
    r"缩写(?:为|是)?|又称(?:为|作)?|又叫(?:做)?|又名|亦称(?:为|作)?|亦名|也称(?:为|作)?|也叫(?:做)?|也被称(?:为|作)|俗称|"
    r"别名|别称|通称|旧称|全称(?:为|是)?|即|"
    r"(?:herein)?after (?:referred to |called )?(?:as )?|hereinafter|hereafter|"
    r"(?:also|otherwise|commonly|formerly|sometimes) (?:known|called|referred to|named)(?: as)?|"
    r"a\.? ?k\.? ?a\.?|abbreviated(?: as| to)?|abbr\.?:?|(?:which )?stands for|(?:is )?short for|or simply|formerly|"
    r"auch|kurz|im folgenden|ci-après|también"
)
# "即" and "or simply" are too common to say it without brackets.
_SAYS_ALONE: Final = (
    r"以下(?:统一)?简称(?:为)?|下称|简称(?:为|作)?|又称(?:为|作)?|又叫(?:做)?|又名|亦称(?:为|作)?|也称(?:为|作)?|"
    r"也叫(?:做)?|也被称(?:为|作)|俗称|别名|别称|"
    r"(?:is |are )?(?:also|otherwise|commonly) (?:known|called|referred to)(?: as)?|\ba\.? ?k\.? ?a\.?(?!\w)|"
    r"(?:is |are )?abbreviated(?: as| to)?|stands for|is short for|hereinafter(?: referred to| called)?(?: as)?"
)
_BRACKETS: Final = re.compile(rf"[（(]([^（()）\n]{{2,{2 * _MAX_CHARS}}})[)）]")
_CUE: Final = re.compile(rf"^\s*(?:{_SAYS})(?![a-z])[\s:：,，]*(?:the )?", re.IGNORECASE)
_ALONE: Final = re.compile(rf"(?:{_SAYS_ALONE})(?![a-z])[ :：]{{0,3}}(?:the |an? )?", re.IGNORECASE)
_QUOTED: Final = re.compile(rf"(?:the )?[{_QUOTES}]([^{_QUOTES}]{{2,{_MAX_CHARS}}})[{_QUOTES}]")
_ALTERNATIVES: Final = re.compile(r"[,，;；、/]|\bor\b|\band\b|或者?")
_NAME_END: Final = re.compile(
    r"[,，。；;：:.!?！？、()（）\n|]|\s(?:is|are|was|were|has|have|which|that|and|for|in|on|by|at|to|must|can|will)\s|是|为|的"
)
_BOUNDARY: Final = re.compile(r"[,，。；;：:!?！？、()（）\n|•·]|\.\s|[\"“”「」『』]")
_DETERMINER: Final = re.compile(
    r"^(?:.*\b(?:the|an?|our|your|this|that|its|is|are|of|in|for|with|and|by|to|from|uses?|called)\s+)?(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ADVERB: Final = re.compile(r"^(?:\w+ly|often|sometimes|also|now|once|then|be|been)$", re.IGNORECASE)
_CHINESE_RUN: Final = re.compile(r"[\u3400-\u9fffA-Za-z0-9·-]{2,24}$")
_FUNCTION_ZH: Final = re.compile(
    r"^.*(?:[的和与及或在对由为是将把从向用至了按经]|使用|所称|采用|通过|包括|根据|依据|提交|进行|本公司|我们|公司的)(?=.{2})"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_MIN_SUFFIX: Final = 4
_LABEL: Final = re.compile(
    r"^[^\w\n]{0,4}([A-Z][A-Za-z0-9&/.-]{1,9})[ \t]{0,8}(?:[:：=]|[-–—]{1,2}(?=\s)|\t)[ \t]{0,8}"
    r"([^\n|]{3,80}?)[ .。;；]{0,3}$",
    re.MULTILINE,
)
_EQUALS: Final = re.compile(r"^[^\w\n]{0,4}([^\n|=:：]{2,40}?) = ([^\n|=:：\d]{2,40}?)[ .。;；]{0,3}$", re.MULTILINE)
_SEE: Final = re.compile(
    r"^[^\w\n]{0,4}([^\n|:：,，.。]{2,40}?) ?[:：,，]? ?(?:→|(?<!\w)see(?: also)?(?: under)? |参见|请?见)[ :：]{0,3}"
    rf"[{_QUOTES}]?([^\n|:：,，.。\d{_QUOTES}]{{2,40}}?)[{_QUOTES}]?[ .。]{{0,2}}$",
    re.MULTILINE | re.IGNORECASE,
)
_SHORT_COLUMN: Final = re.compile(
    r"^(?:缩写|简称|缩略语|英文缩写|别名|别称|又称|同义词|俗称|abbreviations?|acronyms?|abbr\.?|short(?: form| name)?|"
    r"synonyms?|alias(?:es)?|also (?:known as|called)|aka|other names?)$",
    re.IGNORECASE,
)
_LONG_COLUMN: Final = re.compile(
    r"^(?:全称|中文全称|英文全称|中文名?|英文名?|名称|术语|含义|full (?:name|form)|long (?:form|name)|meaning|"
    r"expansion|stands for|term|name|definition)$",
    re.IGNORECASE,
)
_SYNONYMS: Final = re.compile(
    r"^[^\w\n]{0,4}(?:synonyms?|also (?:known as|called)|aliases|同义词|别名|又称|也叫)\s*(?:for|of)?\s*"
    rf"[{_QUOTES}]?([^\n:：|]{{0,40}}?)[{_QUOTES}]?\s*[:：]\s*([^\n|]{{2,120}})$",
    re.MULTILINE | re.IGNORECASE,
)

_CODE: Final = re.compile(r"^[a-z]{2}$|[_<>{}\[\]=\\*#$%@]|''|--|[a-z][A-Z][a-z]")

Pair = tuple[str, str]


def declared_names(text: str, title: str = "") -> list[Pair]:
    """Pairs of names, each once, in reading order. ``title`` is what "Synonyms: …" below it is about."""
    text = text[:_MAX_READ]
    pairs = (pair for found in (_bracketed(text), _cued(text), _listed(text, title)) for pair in found)
    clean = ((_clean(one), _clean(other)) for one, other in pairs)
    return list(dict.fromkeys(pair for pair in clean if _are_names(*pair)))[:MAX_PAIRS]


def name_rows(text: str, title: str = "") -> list[Pair]:
    """(key of a name, its other name), in both directions, but for a name that stands in the other one as it is."""
    pairs = declared_names(text, title)
    both = [*pairs, *((other, one) for one, other in pairs)]
    rows = dict.fromkeys((name_key(part), other) for one, other in both for part in variants(one))
    return [(key, other) for key, other in rows if f" {key} " not in f" {name_key(other)} "]


def variants(name: str) -> list[str]:
    """The name and, where a run of Chinese may have begun before it, what it ends in."""
    if len(name) <= _MIN_SUFFIX or not _HAN.match(name) or len(_HAN.findall(name)) < len(name):
        return [name]
    return [name[at:] for at in range(len(name) - _MIN_SUFFIX + 1)]


def _bracketed(text: str) -> Iterator[Pair]:
    for match in _BRACKETS.finditer(text):
        inner, before = match[1].strip(), text[max(0, match.start() - _BEFORE) : match.start()].split("\n")[-1]
        if cue := _CUE.match(inner):
            yield from _pairs(_name_before(before), inner[cue.end() :])
        elif quoted := _QUOTED.fullmatch(inner):
            yield _name_before(before), quoted[1]
        else:
            yield from _unannounced(before, inner)


def _unannounced(before: str, inner: str) -> Iterator[Pair]:
    """ "Mean time to repair (MTTR)", "MTTR (mean time to repair)", "人工智能（Artificial Intelligence, AI）"."""
    parts = _alternatives(inner)
    short = next((part for part in parts if is_acronym(part)), "")
    last = before.split()[-1] if before.split() else ""
    last = re.sub(r"^.*[^A-Za-z0-9&/.-]", "", last)
    if short:
        spelled = long_form(short, before)
        name = spelled or (_name_before(before) if _HAN.search(before[-1:]) else "")
        others = [part for part in parts if part != short and spells_out(short, part)]
        yield from ((full, short) for full in (name, *others) if full)
        yield from ((name, other) for other in others if name)
    elif is_acronym(last):
        spelled_out = [part for part in parts if spells_out(last, part)]
        chinese = [part for part in parts if _is_chinese_name(part)] if spelled_out or len(parts) == 1 else []
        yield from ((last, part) for part in (*spelled_out, *chinese))


def _is_chinese_name(text: str) -> bool:
    return 3 <= len(text) <= 16 and len(_HAN.findall(text)) == len(text)


def _cued(text: str) -> Iterator[Pair]:
    for match in _ALONE.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        after = text[match.end() : match.end() + _MAX_CHARS]
        if "（" in before[-1:] or "(" in before[-1:]:
            continue
        quoted = _QUOTED.match(after)
        end = _NAME_END.search(after)
        name, named = (
            quoted[1] if quoted else after[: end.start()] if end else after,
            _name_before(before.rstrip(" ,，")),
        )
        whole = _BOUNDARY.split(after)[0].rstrip(" .")
        yield from [(named, whole)] if is_acronym(named) and spells_out(named, whole) else _pairs(named, name)


def _listed(text: str, title: str) -> Iterator[Pair]:
    for match in _LABEL.finditer(text):
        if is_acronym(match[1]) and spells_out(match[1], match[2]):
            yield match[1], match[2]
    yield from ((match[1], match[2]) for match in _SEE.finditer(text))
    equal = ((match[1], match[2]) for match in _EQUALS.finditer(text))
    yield from (pair for pair in equal if " " in "".join(pair) or _HAN.search("".join(pair)))
    for match in _SYNONYMS.finditer(text):
        yield from _pairs(match[1] or title.split(" - ")[-1], match[2])
    for line in text.split("\n"):
        if _has_named_cells(line):
            yield from _row_names(line)


def _has_named_cells(line: str) -> bool:
    """Whether two cells beside each other, or further apart, have the names of their columns."""
    name = line.find(": ")
    border = line.find(CELL_BORDER, name + 2) if name >= 0 else -1
    return border >= 0 and line.find(": ", border + len(CELL_BORDER)) >= 0


def _alternatives(text: str) -> list[str]:
    return [part.strip() for part in _ALTERNATIVES.split(text)]


def _row_names(row: str) -> Iterator[Pair]:
    """Of a row of a list of abbreviations, whose cells are "column: value"."""
    cells = [cell.partition(": ") for cell in row.split(" | ")]
    short = next((value for name, _, value in cells if _SHORT_COLUMN.match(name.strip())), "")
    longer = [value for name, _, value in cells if _LONG_COLUMN.match(name.strip()) and value != short]
    for value in longer if short else ():
        yield from _pairs(value, short)


def _pairs(name: str, others: str) -> Iterator[Pair]:
    """The name with each of the others, which stand in quotes or between commas."""
    quoted = [match[1] for match in _QUOTED.finditer(others)]
    yield from ((name, other) for other in quoted or _alternatives(others))


def _name_before(before: str) -> str:
    """The name that a text ends in: what follows the last stop, article or verb."""
    before = before.rstrip().rstrip(_QUOTES)
    stretch = _BOUNDARY.split(before)[-1].strip()
    if _HAN.search(stretch[-1:]):
        run = _CHINESE_RUN.search(stretch)
        return "" if run is None or "等" in run[0] else _FUNCTION_ZH.sub("", run[0])
    words = stretch.split()[-6:]
    if words and _ADVERB.match(words[-1]):
        return ""
    match = _DETERMINER.match(" ".join(words))
    return match[1] if match else ""


def _clean(name: str) -> str:
    stripped = name.strip().strip(_QUOTES + " ,，;；:：.。*_`").strip()
    return re.sub(r"^(?:(?:the|an?|our|or|and)\s+|[本该](?=\w{3}))", "", stripped, flags=re.IGNORECASE)


def _are_names(one: str, other: str) -> bool:
    if not (2 <= len(one) <= _MAX_CHARS and 2 <= len(other) <= _MAX_CHARS):
        return False
    if _CODE.search(one) or _CODE.search(other):
        return False
    first, second = name_key(one), name_key(other)
    return bool(first and second) and first != second and not first.isdigit() and not second.isdigit()
