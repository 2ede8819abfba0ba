"""Names that a passage has or explains: of its title and heading, its definitions, abbreviations, subjects and rows.

``title_names`` and ``explained_names`` are the entries; ``index.entities`` stores what they find. Rules only: a model
call for each chunk would cost more than all other steps of ingestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from voicehelper.text.sentences import CELL_BORDER

MAX_CHARS: Final = 80
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_FILE_TYPE: Final = re.compile(
    r"\.(?:docx?|pdf|pptx?|xlsx?|csv|tsv|md|markdown|txt|html?|rtf|epub|eml|json)$", re.IGNORECASE
)
_NUMBER: Final = re.compile(
    r"^(?:第\s*[一二三四五六七八九十百零〇\d]{1,6}\s*[章节条篇部分编]+|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|"
    r"附[件录表]\s*[\dA-Z一二三四五六七八九十]{0,3}(?![A-Za-z])|"
    r"(?:chapter|section|part|appendix|annex|article)\s+[\dIVXA-Z]{1,5}\b|"
    rf"\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}(?:[.)、．]\s*|\s+)(?=[A-Za-z{_HAN}]))[\s:：.、-]*",
    re.IGNORECASE,
)
_IN_BRACKETS: Final = re.compile(r"[(（\[【][^()（）\[\]【】]{1,60}[)）\]】]$")
_BRACKETS: Final = re.compile(r"[(（]([^()（）]{2,60})[)）]\s*$")
_PARTS: Final = re.compile(r"[:：—|]|(?<=\s)[-–](?=\s)")
_COUNTRY: Final = re.compile(r"^中[华華]人民共和[国國](?=.{3})")  # texts name a law without it
_QUOTES: Final = "《》〈〉「」『』“”\"'‘’ \t#*_`"


def title_names(title: str) -> list[str]:
    """The title, and what people call it: without file type, number, brackets or subtitle; what brackets explain."""
    bare = _NUMBER.sub("", _FILE_TYPE.sub("", title.strip())).strip(_QUOTES)
    outside = _IN_BRACKETS.sub("", bare).strip(_QUOTES)
    inside = [name for name in _BRACKETS.findall(bare) if _is_short_form(name)]
    first, *rest = _PARTS.split(outside, maxsplit=1)
    heads = [first.strip(_QUOTES)] if rest else []
    return list(filter(None, dict.fromkeys([bare, outside, _COUNTRY.sub("", outside), *inside, *heads])))


def _is_short_form(name: str) -> bool:
    """Of what stands in brackets: an abbreviation or a code, not a remark such as "film" or "2019"."""
    return bool(re.fullmatch(r"[A-Z\d][\w.&/-]{1,15}", name) and re.search("[A-Z]", name))


# A clause begins with its subject: what stands before the first word that only connects.
_ZH_LINK_TEXT: Final = """
    是指 系指 指的是 的 是 为 由 在 位于 坐落 成立 创立 创办 创建 隶属 属于 负责 管理
    主管 担任 出任 就任 现任 设在 毕业 出生 生于 包括 包含 分为 采用 使用 依赖 提供 支持
    生产 开发 研发 制造 发布 收购 拥有 适用 规定 要求 来自 任职 就职 应 须 可以 从 于
    将 有 即 归 系 与 和 向 被 总部 简称 又称 也称 导演 主演 执导
"""
_ZH_LINKS: Final = "|".join(_ZH_LINK_TEXT.split())
_ZH_SUBJECT: Final = re.compile(
    rf"(?:^|(?<=[。；！？\n]))[\s•·*-]*(?:\d{{1,2}}[.、])?[《“「『]?([{_HAN}A-Za-z][{_HAN}A-Za-z\d·\- ]{{1,13}}?)"
    rf"[》”」』]?(?:[（(][^）)]{{1,60}}[）)])?[，,]?(?={_ZH_LINKS})"
)
_EN_WORD = r"[A-Z\d][\w.'’&/-]{0,40}"
_EN_NAME = rf"{_EN_WORD}(?: (?:(?:of|the|de|del|van|von|der|and|for|la|le|in|on) ){{0,2}}{_EN_WORD}){{0,7}}"
_EN_SUBJECT: Final = re.compile(
    rf"(?:^|(?<=[.;!?\n] )|(?<=\n))[\s•*#-]{{0,4}}(?:(?:The|A|An) )?({_EN_NAME}) ?"
    r"(?:\([^)\n]{1,120}\) ?)?,? ?(?=[a-z’'])"
)
_EN_DEFINED: Final = re.compile(
    r"(?:^|(?<=[.;\n] )|(?<=\n))[\s•*-]{0,4}(?:(?:The|A|An) )?([A-Za-z][\w-]*(?: [\w-]+){0,4}) "
    r"(?=(?:is|are) (?:an?|the|one) |means |refers to |denotes |stands for |is defined )"
)
_QUOTED_TERM: Final = re.compile(
    r"[\"“「『]([^\"”」』\n]{2,40})[\"”」』]\s*(?:是指|指|系指|means?\b|shall mean|refers? to|is\b|are\b)"
)
_SHORT_FORM: Final = re.compile(r"[(（]\s*(?:[^()（）\n]{0,40}[,，;；]\s*)?([A-Z\d][\w.&/-]{1,15})\s*[)）]")
_ALSO: Final = re.compile(
    r"(?:以下简称|下称|简称为?|又称为?|也称为?|俗称|亦称|又名|别名|代号为?|hereinafter|also known as|known as|aka|"
    r"a\.k\.a\.|referred to as|codenamed?|code name|nicknamed)[\s:：是]*(?:the )?"
    rf"[“\"「『《']?([{_HAN}]{{2,10}}|{_EN_NAME})[”\"」』》']?",
)
_LONG_FORM: Final = re.compile(rf"({_EN_NAME}) ?\((?=[A-Z][\w.&/-]{{1,15}}\))")
_FIELD: Final = re.compile(
    r"^[\s|*-]*(?:姓名|名称|产品名称?|项目名称?|全称|英文名|中文名|编号|型号|name|full name|product|"
    r"project|title|model|code|id)\**\s*[:：|]\s*(.{2,60}?)\s*(?:\||$)",
    re.IGNORECASE | re.MULTILINE,
)
_PATTERNS: Final = (_QUOTED_TERM, _FIELD, _ALSO, _LONG_FORM, _SHORT_FORM, _EN_DEFINED, _ZH_SUBJECT, _EN_SUBJECT)
MAX_ROWS: Final = 40


def explained_names(text: str) -> list[str]:
    """What the text says something of, each once: defined terms and short forms first, then subjects, then rows."""
    found = (name for pattern in _PATTERNS for name in pattern.findall(text))
    names = (name.strip(_QUOTES) for name in (*found, *_row_names(text)))
    return list(dict.fromkeys(name for name in names if 2 <= len(name) <= MAX_CHARS))


def _row_names(text: str) -> Iterator[str]:
    """First cells, without those that hold only a number."""
    rows = [line for line in text.split("\n") if CELL_BORDER in line][:MAX_ROWS]
    for row in rows:
        cell = row.strip("| ").split(CELL_BORDER.strip())[0].strip()
        if 2 <= len(cell) <= MAX_CHARS and not re.fullmatch(r"[\d\s.,%/:-]+", cell):
            yield cell
