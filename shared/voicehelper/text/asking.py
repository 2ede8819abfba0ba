"""What kind of answer a question asks for: all that fit, how many, how much together, the most or least, an overview.

``is_greeting``, ``wants_all``, ``wants_count``, ``extreme``, ``calculation`` and ``wants_overview`` are the entries;
retrieval and the reader call them.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from voicehelper.text.language import has_chinese

MAX_CHARACTERS: Final = 500  # of a question; a longer text is a question with its material
Extreme = Literal["most", "least"]
Calculation = Literal["sum", "mean"]

_ALL: Final = re.compile(
    r"哪些|哪几|所有|全部|列出|列举|都有谁|有谁|\b(?:list|all|every|enumerate)\b|\b(?:which|"
    r"what) (?:\w+ ){0,2}\w+s (?:are|have|do|were|can|use|"
    r"come|belong|cost|get|run|need)\b|\bwho (?:are|all)\b|\bwhat are\b",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"多少[个家名位台条款项种人套辆件份张间座只次]|有多少|几[个家名位台条款项种套辆件份张间座只]|\bhow many\b|"
    r"\bnumber of\b|\bcount\b",
    re.IGNORECASE,
)
_MOST: Final = re.compile(
    r"最[大高多长贵重晚新快宽远深厚久]|\b(?:largest|biggest|highest|most|longest|tallest|heaviest|latest|newest|"
    r"greatest|widest|deepest|maximum|max|top|fastest|strongest|farthest|furthest|priciest|last|dearest)\b",
    re.IGNORECASE,
)
_LEAST: Final = re.compile(
    r"最[小低少短轻早旧慢窄近浅薄]|最便宜|\b(?:smallest|lowest|least|fewest|shortest|cheapest|lightest|earliest|oldest|"
    r"minimum|min|slowest|nearest|first)\b",
    re.IGNORECASE,
)
_SUM: Final = re.compile(
    r"一共|总共|合计|总计|总和|总额|总[价数量]|共计|加起来|\b(?:total|sum|altogether|combined|overall|in all)\b",
    re.IGNORECASE,
)
_MEAN: Final = re.compile(r"平均|均值|\b(?:average|mean|on average)\b", re.IGNORECASE)
_SPENDING: Final = re.compile(r"花了?|\b(?:costs?|spen[dt]|spending|pa(?:y|id)|charged?)\b", re.IGNORECASE)
_OVERVIEW: Final = re.compile(
    r"^\W*(?:(?:please|can you|could you)\W+)*(?:what(?:'s| is| are| does)?\b.{0,30}\b(?:about|cover|contain|deal with)"
    r"|(?:summari[sz]e|give (?:me )?(?:a |an )?(?:summary|overview)|tell me about)\b.{0,30}"
    r"\b(?:documents?|files?|texts?|pages?|pdf|manual|this|it))\W*$"
    r"|(?:这|该|此|本)?[份个篇些]?(?:文件|文档|文章|资料|材料|手册|文本|内容).{0,6}"
    r"(?:讲|说|写|介绍|关于|主要|内容|概述|总结).{0,6}(?:什么|哪些|啥)|(?:总结|概括|"
    r"概述)(?:一下)?.{0,6}(?:文件|文档|文章|资料|手册|内容|全文)",
    re.IGNORECASE,
)
_DOCUMENT: Final = re.compile(r"\b(?:documents?|files?|texts?|pages?|pdf|this|it|manual|handbook)\b", re.IGNORECASE)


_GREETING: Final = re.compile(
    r"\W*(?:hi|hello|hey|hi there|good (?:morning|afternoon|evening|day)|thanks?(?: you)?(?: very much| a lot)?|bye|"
    r"goodbye|help|test(?:ing)?|who are you|what can you do|how are you|你好|您好|大家好|嗨|哈[喽啰罗]|早上好|"
    r"上午好|下午好|晚上好|早|谢谢你?|"
    r"多谢|感谢|再见|拜拜|在吗|在么|你是谁|你能做什么|你会什么|帮助|测试)[啊呀吗呢哦]?\W*",
    re.IGNORECASE,
)


def is_greeting(question: str) -> bool:
    """A greeting, thanks, or a question about the assistant itself; no document answers it."""
    return len(question) <= 40 and _GREETING.fullmatch(question) is not None


def wants_all(question: str) -> bool:
    return _ALL.search(question[:MAX_CHARACTERS]) is not None


def wants_count(question: str) -> bool:
    return _COUNT.search(question[:MAX_CHARACTERS]) is not None


def extreme(question: str) -> Extreme | None:
    if _MOST.search(question[:MAX_CHARACTERS]):
        return "most"
    return "least" if _LEAST.search(question[:MAX_CHARACTERS]) else None


def without_extreme(question: str) -> str:
    """The question without its superlatives, which no row of a table holds as a word."""
    return _LEAST.sub(" ", _MOST.sub(" ", question[:MAX_CHARACTERS]))


def calculation(question: str) -> Calculation | None:
    """What is to be computed from the amounts of several rows."""
    if _MEAN.search(question[:MAX_CHARACTERS]):
        return "mean"
    return "sum" if _SUM.search(question[:MAX_CHARACTERS]) else None


def without_calculation(question: str) -> str:
    """The question without its words for totals and means, and for spending: a table has rows, and a price or fee."""
    return _SPENDING.sub(" ", _MEAN.sub(" ", _SUM.sub(" ", question[:MAX_CHARACTERS])))


def wants_overview(question: str) -> bool:
    """Whether it asks what a document is about, and nothing about its contents."""
    match = _OVERVIEW.search(question[:MAX_CHARACTERS])
    return match is not None and (has_chinese(question) or _DOCUMENT.search(question[:MAX_CHARACTERS]) is not None)
