"""Rule-based classification of questions; a model call would cost more than it improves the answers.

``classify`` is the entry; the stage of the same name calls it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Classification:
    type: str  # factual | definition | procedural | comparison | reason | multi_hop | summary
    complexity: str  # simple | medium | complex
    strategy: str


# The first rule that matches decides; ordered from the most specific words to the most common.
_TYPES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "comparison",
            r"对比|比较|区别|差异|不同|哪个更|优劣|\bvs\.?\b|\bversus\b|compare|differen(?:ce|t)|\bbetter\b",
        ),
        ("summary", r"总结|概述|概括|摘要|主要内容|summar|overview|main points"),
        (
            "procedural",
            r"怎么(?!样的)|怎样|如何|步骤|流程|方法|操作|办理|\bhow (?:do|can|to|should)\b|\bsteps?\b|procedure",
        ),
        ("reason", r"为什么|为何|原因|\bwhy\b|reason|cause"),
        (
            "multi_hop",
            r"之后.{0,200}(?:再|又)|分别|以及.{0,100}(?:和|与).{0,100}关系|(?:的.{1,12}){3}|\brespectively\b|\bboth\b.{0,300}\band\b",
        ),
        (
            "definition",
            r"是什么|什么是|定义|含义|是指|\bwhat (?:is|are) (?:an? |the )?\w+\??$|\bdefin|\bmean(?:s|ing)?\b",
        ),
    )
)
_HIGH: Final = re.compile(
    r"分析|对比|评估|预测|推理|解释|多步骤|复杂|深入|analy[sz]|compare|evaluat|predict|reason|explain|complex|in depth",
    re.IGNORECASE,
)
_LOW: Final = re.compile(r"是什么|什么是|定义|简单|快速|列出|what is|what are|define|simple|quick|list", re.IGNORECASE)
MAX_CHARACTERS: Final = 500
_STRATEGIES: Final = {"multi_hop": "multi_hop_retrieval", "summary": "broad_retrieval"}


def classify(question: str) -> Classification:
    """By the first ``MAX_CHARACTERS``: a longer text is a question with its material, and rules take quadratic time."""
    question = question[:MAX_CHARACTERS]
    kind = next((name for name, pattern in _TYPES if pattern.search(question)), "factual")
    return Classification(kind, _complexity(question, kind), _STRATEGIES.get(kind, "hybrid_retrieval"))


def _complexity(question: str, kind: str) -> str:
    if _HIGH.search(question):
        return "complex"
    if _LOW.search(question) or (kind in ("factual", "definition") and len(question) <= 60):
        return "simple"
    return "medium"
