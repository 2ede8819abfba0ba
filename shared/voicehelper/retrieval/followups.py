"""A follow-up question as one that stands alone: "it" and what is left out are taken from the question before.

``standalone`` is the entry; the rewriting stage calls it. Rules, no model: the subject of the question before is what
precedes 的 or follows "of", what owns with "'s", or what a verb is asked of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.text.asking import MAX_CHARACTERS
from voicehelper.text.language import has_chinese
from voicehelper.text.question_terms import before_asking, content_terms, without_asking

_PRONOUN_ZH: Final = re.compile(
    "它们|他们|她们|它|该产品|该设备|该型号|这款|那款|这个|那个|这种|那种|其(?=[\u4e00-\u9fff])(?![他它中实余次])"
)
_POSSESSIVE_EN: Final = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)
_PRONOUN_EN: Final = re.compile(
    r"\b(?:it|they|them|he|she|him|this one|that one|this|that|these|those)\b(?! \w+s?\b(?= (?:is|are|has)))",
    re.IGNORECASE,
)
_ELLIPSIS_EN: Final = re.compile(
    r"^\W*(?:and|but|or|so|then|also|ok(?:ay)?|what about|how about|and what about|and how about|and for|"
    r"same for)\b[\s,]*"
    r"(?:what about|how about|for|in|on|with|of)?\s*(.+?)\s*\??\s*$",
    re.IGNORECASE,
)
_WHOLE_QUESTION: Final = re.compile(
    r"(?:what|how|when|where|who|whose|which|why|does|do|did|is|are|was|were|can|could|will|would|should|has|have)\b",
    re.IGNORECASE,
)
_ELLIPSIS_ZH: Final = re.compile(
    r"^\W*(?:那么|那|还有|以及|另外|再问|换成|如果是)?[,，\s]*(.{1,24}?)(?:呢|又如何|又怎样|怎么样)\s*[?？]?\s*$"
)
_ATTRIBUTE_ZH: Final = re.compile(
    r"[量率期价格费长宽高重度址话数额性色寸小型号称式准程件求限间人员]$|功率|温度|时间|日期|保修|质保|电话|"
    r"地址|尺寸|颜色|价钱|重量|噪音|寿命|容量"
)
_NAMED: Final = re.compile(r"\d|[A-Z]")
_NAMES: Final = re.compile(r"[a-z]*[A-Z0-9][\w\-/.]*(?: [A-Z0-9][\w\-/.]*)*")
_SUBJECT_ZH: Final = re.compile(r"^(?:请问|那么|那)?\s*(.{1,24}?)的")
_SUBJECT_OF: Final = re.compile(
    r"\b(?:of|for|in|on|about)\s+((?:the |an? |our |my )?[\w .\-/]{1,40}?)(?=\s*(?:\?|$|\b(?:is|are|be|when|"
    r"if|and|or|per|in|on|at|by)\b))",
    re.IGNORECASE,
)
_SUBJECT_OWNER: Final = re.compile(r"\b((?:the |an? )?[\w\-/]+(?: [\w\-/]+){0,3})'s\b", re.IGNORECASE)
_SUBJECT_VERB: Final = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have|can|will|must|should)\s+(?!(?:i|we|you|one|they|it|"
    r"there)\b)((?:the |an? |our |my )?[\w\-/]+(?: [\w\-/]+){0,3}?)"
    r"(?=\s+(?:cost|weigh|take|last|have|need|use|run|make|come|cover|include|contain|work|mean|say|start|"
    r"begin|end|hold|"
    r"store|consume|support|require|valid|open|closed|available|allowed|made|paid|kept|used|be|get|offer|go|fit|"
    r"measure|reach|earn)\w*\b|\s*\?|\s*$)",
    re.IGNORECASE,
)


def standalone(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question itself where it names what it is about. ``history`` is (role, content), oldest first."""
    if len(question) > MAX_CHARACTERS:  # long enough to name what it is about
        return question
    earlier = [content for role, content in history if role == "user" and len(content) <= MAX_CHARACTERS]
    before = ""
    for asked in earlier:  # each may itself follow up the one before it
        before = _resolved(asked, before)
    return _resolved(question, before)


def _resolved(question: str, before: str) -> str:
    subject = subject_of(before) if before else ""
    if not subject:
        return f"{question} {without_asking(before)}" if before and _follows_up(question) else question
    match = _ELLIPSIS_ZH.match(question) or _ELLIPSIS_EN.match(question)
    if match and not _WHOLE_QUESTION.match(match[1]):
        return _completed(match[1], before, subject)
    if _PRONOUN_ZH.search(question):
        return _PRONOUN_ZH.sub(lambda _: subject, question, count=1)
    if _POSSESSIVE_EN.search(question):
        return _POSSESSIVE_EN.sub(lambda _: f"{subject}'s", question, count=1)
    if not _NAMED.search(question[1:]) and (match := _PRONOUN_EN.search(question)):
        return f"{question[: match.start()]}{subject}{question[match.end() :]}"
    return question


def _follows_up(question: str) -> bool:
    patterns = (_ELLIPSIS_ZH, _ELLIPSIS_EN, _PRONOUN_ZH, _POSSESSIVE_EN, _PRONOUN_EN)
    return any(pattern.search(question) for pattern in patterns)


def _completed(rest: str, before: str, subject: str) -> str:
    """ "What about X?": X in place of the subject where it is another thing, and of what was asked where it is not."""
    if _PRONOUN_ZH.search(rest) or _is_attribute(rest, subject):
        attribute = _POSSESSIVE_EN.sub("", _PRONOUN_ZH.sub("", rest)).strip("的 ")
        return f"{subject}的{attribute}" if has_chinese(rest) else f"{attribute} of {subject}"
    return before.replace(subject, rest, 1)


def _is_attribute(rest: str, subject: str) -> bool:
    if _NAMED.search(rest):
        return False
    if has_chinese(rest):
        return _ATTRIBUTE_ZH.search(rest) is not None
    return rest.lower().startswith(("the ", "its ", "their ")) and _NAMED.search(subject) is not None


def subject_of(question: str) -> str:
    """What a question is about, as it is written there; empty if no rule finds it."""
    for pattern in (_SUBJECT_ZH, _SUBJECT_OWNER, _SUBJECT_OF, _SUBJECT_VERB):
        if (match := pattern.search(question)) and content_terms(match[1]):
            return match[1].strip()
    if has_chinese(question):
        return before_asking(question).strip()
    names = _NAMES.findall(question[:1].lower() + question[1:])
    return str(max(names, key=len)) if names else ""
