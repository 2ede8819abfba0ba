"""Which model answers a question: ``select_model``, by what the question asks for, its length, and a table of models.

``routing`` calls it for a catalogue whose chat model is "auto".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args

from voicehelper.errors import InvalidInputError
from voicehelper.models.catalogue import DEFAULT_MODELS, ChatModel, Priority
from voicehelper.models.errors import ContextTooLongError
from voicehelper.text.tokenization import normalize

Complexity = Literal["low", "medium", "high"]

# Models whose quality is this near to the best one's answer a complex question as well as it does.
_AS_GOOD_AS_THE_BEST: Final = 0.02
_JUDGED_CHARACTERS: Final = 2_000  # a longer text is a question with its material

# Simplified characters: questions are folded to them first. Words of English may stand between characters of Chinese,
# which are no letters in ASCII.
_HIGH: Final = re.compile(
    r"分析|对比|评估|预测|推理|解释|多步骤|复杂|深入|\b(?:"
    r"analy[sz](?:e[sd]?|ing)|analysis|analytical|compar(?:e[sd]?|ing|isons?|ative)|contrast(?:s|ing)?|versus|vs"
    r"|(?:re)?evaluat(?:e[sd]?|ing|ions?)|assess(?:es|ed|ing|ments?)?|predict(?:s|ed|ing|ions?)?|forecast(?:s|ed|ing)?"
    r"|reasoning|infer(?:s|red|ring|ences?)?|deduc(?:e[sd]?|tion)|explain(?:s|ed|ing)?|explanations?"
    r"|multi[- ]?steps?|multiple steps|complex(?:ity)?|complicated|in[- ]depth|deep(?:ly| dive)|thorough(?:ly)?"
    r"|trade[- ]?offs?|pros and cons)\b",
    re.ASCII,
)
_LOW: Final = re.compile(
    r"是什么|什么是|定义|简单|快速|列出|\b(?:"
    r"what(?: is|'s|’s| are|'re|’re)|defin(?:e[sd]?|ing|itions?)|simpl[ey]|quick(?:ly)?|brief(?:ly)?"
    r"|(?:please|you|to|and|then)\s+list|list (?:all|the|every|each|some|any|out)|enumerat(?:e|ing))\b"
    r"|(?:^|[.!?;:,])\s*list\b",
    re.ASCII,
)


def select_model(
    query: str,
    context_length: int,
    priority: Priority = "balanced",
    *,
    models: Mapping[str, ChatModel] = DEFAULT_MODELS,
) -> str:
    """The name of a model that reads ``context_length`` tokens.

    ContextTooLongError if none does. cost is the cheapest, latency the fastest, quality as good a model as the question
    needs, and balanced weighs all three. Ties go to the cheaper model, then to the earlier one of the table.
    """
    if priority not in get_args(Priority):
        raise InvalidInputError(f"no priority named {priority}")
    fitting = {name: model for name, model in models.items() if model.context >= context_length}
    if not fitting:
        largest = max((model.context for model in models.values()), default=0)
        raise ContextTooLongError(details={"context_length": context_length, "max_context": largest})
    if priority == "cost":
        return min(fitting, key=lambda name: (fitting[name].cost_usd, -fitting[name].quality))
    if priority == "latency":
        return min(fitting, key=lambda name: (fitting[name].latency_ms, fitting[name].cost_usd))
    if priority == "quality":
        return _of_quality(complexity(query), fitting, models)
    return _balanced(complexity(query), fitting)


def complexity(query: str) -> Complexity:
    """By keywords, those of complex questions first, in either script of Chinese and in English."""
    text = normalize(query[:_JUDGED_CHARACTERS])
    if _HIGH.search(text):
        return "high"
    return "low" if _LOW.search(text) else "medium"


def _of_quality(needed: Complexity, fitting: Mapping[str, ChatModel], models: Mapping[str, ChatModel]) -> str:
    """The best model for a complex question, the least for a simple one, and the middle one of the table for others.

    If that one reads too little, the next better one that reads enough, else the best of those that do.
    """
    ranked = sorted(models, key=lambda name: (models[name].quality, -models[name].cost_usd))
    target = {"low": 0, "medium": len(ranked) // 2, "high": len(ranked) - 1}[needed]
    better = [name for name in ranked[target:] if name in fitting]
    return better[0] if better else next(name for name in reversed(ranked) if name in fitting)


def _balanced(needed: Complexity, fitting: Mapping[str, ChatModel]) -> str:
    """The formula alone prefers the small models to the best one whatever is asked, so complex questions leave it the
    best ones only.
    """
    best = max(model.quality for model in fitting.values())
    floor = best - _AS_GOOD_AS_THE_BEST if needed == "high" else 0.0
    good = {name: model for name, model in fitting.items() if model.quality >= floor}
    return max(good, key=lambda name: (balanced_score(good[name]), -good[name].cost_usd))


def balanced_score(model: ChatModel) -> float:
    return 0.5 * model.quality - 0.3 * model.cost_usd * 10 - 0.2 * model.latency_ms / 1000
