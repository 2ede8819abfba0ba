"""``AnswerDep``: answers questions of the caller's tenant; for the endpoints of queries and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import Depends

from voicehelper import resources
from voicehelper.answering.events import Answered, Delta
from voicehelper.answering.service import answer_question
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.observability.traces import record_span
from voicehelper.retrieval.question import Question

Answer = Callable[[Question], Iterator[Delta | Answered]]


def tenant_answer(database: DatabaseDep) -> Answer:
    """A question → the events of its answer. The models are built at the first event."""

    def answer(question: Question) -> Iterator[Delta | Answered]:
        for event in answer_question(database, question, resources.answerer()):
            if isinstance(event, Answered):
                _record(event)
            yield event

    return answer


def _record(answered: Answered) -> None:
    for run in answered.trace.runs:
        record_span(run.name, run.seconds, kept=len(run.chunk_ids), skipped=run.skip_reason)


AnswerDep = Annotated[Answer, Depends(tenant_answer)]
