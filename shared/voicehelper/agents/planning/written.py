"""What a model's report may cite, and the report held to it: every statement stands in what a tool returned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from voicehelper.agents.planning.plan import Observed, Report
from voicehelper.agents.tools.protocol import ToolSource
from voicehelper.answering.events import Usage
from voicehelper.answering.hosted.reply import answer_from_reply
from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage

_MARK: Final = re.compile(r"\[\d{1,3}\]")
_MOST: Final = 40
_NO_ID: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Citable:
    """A source of a result, with all that the result says; a calculation is its own source."""

    source: ToolSource
    text: str


def citable(observed: Sequence[Observed]) -> list[Citable]:
    """In the order of the steps, each source once."""
    found: list[Citable] = []
    for one in observed:
        if one.result is None or not one.result.observation.strip() or _is_refusal(one):
            continue
        said = _MARK.sub("", one.result.observation)
        own = ToolSource(title=one.planned.description)
        texts = (
            (source, f"{one.planned.description}\n{source.quote}\n{said}") for source in one.result.sources or [own]
        )
        found.extend(Citable(source, text) for source, text in texts)
    return found[:_MOST]


def _is_refusal(observed: Observed) -> bool:
    result = observed.result.result if observed.result else None
    return isinstance(result, dict) and result.get("status") in ("refused", "unavailable")


def checked_report(reply: str, task: str, passages: Sequence[Citable]) -> Report | None:
    """Without the statements that no result supports; None if nothing is left."""
    as_passages = [Passage(_NO_ID, _NO_ID, one.source.title, one.text, Place()) for one in passages]
    composed = answer_from_reply(reply, task, as_passages, lambda _: 1.0, Usage(""))
    if composed.refused or not composed.citations:
        return None
    return Report(composed.text, [passages[number].source for number in composed.citations])
