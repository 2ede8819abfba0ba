"""Questions that stand alone, made of the parts of a task, and the same question in other words.

``question_for`` and ``reworded`` are the entries; the rules and ``revise`` call them. Texts are ``amounts.plain``.
"""

from __future__ import annotations

import re
from typing import Final

from voicehelper.agents.planning.periods import periods
from voicehelper.messages.language import Language
from voicehelper.text.question_terms import without_asking

MAX_QUESTION: Final = 400  # characters
_ZH_COMMA: Final = re.compile(r"(?<=[\u4e00-\u9fff]), ?(?=[\u4e00-\u9fff])")
_MARKS: Final = " \t,，.。;；:：?？!！、\"“”'‘’()（）"
_POLITE: Final = re.compile(
    r"^(?:(?:请问|请(?!假|示|款|购|柬|客|领|求)|帮我|帮忙|麻烦你?|给我|我想(?:知道|了解|要)|想知道|"
    r"想了解|查一下|查一查|查询一下|"
    r"查询|查找|查(?!重|处|封|验|勘)|告诉我|看一下|看看|计算一下|计算(?!机|器|力|平台|资源)出?|"
    r"算一下|算算|算出|求(?!职|助|和|购|学)出?|那么|然后|再(?!生|保险|次|融资|造|婚)|并(?!购|行|网|发|"
    r"列)且?|同时|另外|还有|以及|根据知识库|在知识库中|根据文档|根据资料)[,，:：]?"
    r"|(?:please|can you|could you|would you|tell me|i (?:want|need|would like) to know|i'd like to "
    r"know|find out|find|look up|"
    r"calculate|compute|determine|work out|and then|then|and also|and|also|as well as|plus)\b[,:]? ?)+",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"[a-z]{3}s$|^(?:people|staff|criteria)$")
_HOW_MUCH: Final = re.compile(
    r"率|额|价|费|规模|数量?|成本|收入|营收|利润|占比|份额|金额|标准|单价|保修期|有效期|[重高长宽]度|"
    r"重量|面积|容量|时长|期限|天数|比例|预算|工资|薪资|产量|销量|人数|支出|投入|资产|负债"
)
_LIST_ZH: Final = re.compile(
    r"主要内容|风险|建议|对手|竞争|趋势|挑战|机会|机遇|措施|要求|要点|材料|条件|优势|劣势|问题|处罚|"
    r"流程|步骤|原因|因素|特点|功能|案例|规定|审批|权限"
)


def trimmed(text: str) -> str:
    """Without marks and polite words around it."""
    text = text.strip(_MARKS)
    return _POLITE.sub("", text).strip(_MARKS)


def is_question(text: str) -> bool:
    return _ASKING.search(text) is not None


_ASKING: Final = re.compile(
    r"多少|几[个天年月时次人]?|什么|哪|谁|怎么|怎样|如何|为什么|是否|能否|吗|何时|多[久长大高远快重]|有没有|[?？]"
    r"|^\W*(?:and |also |then )?(?:what|how|when|where|who|whom|whose|which|why|does|do|did|is|are|was|"
    r"were|can|could|will|"
    r"would|should|must|may|has|have)\b",
    re.IGNORECASE,
)


def as_question(text: str, language: Language) -> str:
    """A part of a task as it stands, with the mark of a question where it is one."""
    bare = trimmed(text)[:MAX_QUESTION]
    if not bare:
        return text.strip()[:MAX_QUESTION]
    bare = _ZH_COMMA.sub("，", bare)
    bare = bare[0].upper() + bare[1:] if language == "en" and bare[0].isascii() and bare[1:2].islower() else bare
    mark = "？" if language == "zh" else "?"
    return f"{bare}{mark}" if is_question(bare) else bare


def question_for(measure: str, language: Language) -> str:
    """What a thing's value is: "2024 年营收" is asked as "2024 年营收是多少？"."""
    bare = measure.strip(_MARKS)[:MAX_QUESTION]
    if language == "zh":
        return f"{bare}？" if is_question(bare) else f"{bare}是多少？"
    return f"What {'are' if _is_plural(bare) else 'is'} {bare}?"


def aspect_question(subject: str, aspect: str, language: Language) -> str:
    """An aspect of a report as a question about its subject."""
    about = aspect if not subject or subject in aspect else ""
    if language == "zh":
        topic = about or f"{subject}的{aspect}"
        if _LIST_ZH.search(aspect):
            return f"{topic}有哪些？"
        return (
            f"{topic}是多少？"
            if _HOW_MUCH.search(aspect) and not re.search("结构|体系|模式", aspect)
            else f"{topic}是什么？"
        )
    verb = "are" if _is_plural(aspect) else "is"
    topic = about or f"{_with_article(aspect)} of {_with_its_article(subject)}"
    return f"What {verb} {topic}?"


def _is_plural(phrase: str) -> bool:
    head = re.split(r" (?:of|in|for|to|on|per|from|at|by|under|and) ", phrase.lower(), maxsplit=1)[0]
    return _PLURAL.search(head) is not None or " and " in head


def _with_article(phrase: str) -> str:
    first = phrase.split(" ", 1)[0].lower()
    return phrase if first in ("the", "a", "an", "our", "its", "their") or first[:1].isdigit() else f"the {phrase}"


def _with_its_article(subject: str) -> str:
    """ "the travel policy", but "supplier A" and "smart speakers"."""
    last = subject.rsplit(" ", 1)[-1]
    return _with_article(subject) if last.islower() and not _PLURAL.search(last) else subject


def is_aspect(name: str) -> bool:
    """Whether a word names what a report tells of a subject: a measure, or risks and the like."""
    return _HOW_MUCH.search(name) is not None or _LIST_ZH.search(name) is not None


def reworded(question: str) -> str:
    """Shorter and in another order: its key terms, then its periods; the question itself if nothing changes."""
    text = question.strip(_MARKS)
    named = [period.text for period in periods(text)]
    for period in named:
        text = text.replace(period, " ", 1)
    bare = " ".join(
        without_asking(
            re.sub(r"\b(?:the|a|an|is|are|was|were|in|of|for|our|what|did|do|does)\b", " ", text, flags=re.IGNORECASE)
        ).split()
    )
    other = " ".join(filter(None, [bare.strip(_MARKS), *named]))
    return other if other and other.lower() != question.strip(_MARKS).lower() else question
