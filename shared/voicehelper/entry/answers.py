"""``AnswerDep`` answers questions of the caller's tenant for queries and messages; ``SearchDep`` finds passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends

from voicehelper import answer_resources
from voicehelper.answering.events import Answered, Delta
from voicehelper.answering.passages import FoundPassages, find_passages
from voicehelper.answering.service import answer_question
from voicehelper.answering.spans import record_question
from voicehelper.entry.dependencies import DatabaseDep
from voicehelper.retrieval.question import Question

if TYPE_CHECKING:
    from voicehelper.answering.diagnosis.api import Expected
    from voicehelper.answering.diagnosis.diagnose import Diagnosed

Diagnose = Callable[[Question, "Expected"], "Diagnosed"]
Search = Callable[[Question], FoundPassages]
Answer = Callable[[Question], Iterator[Delta | Answered]]


def tenant_answer(database: DatabaseDep) -> Answer:
    """A question → the events of its answer. The models are built at the first event."""

    def answer(question: Question) -> Iterator[Delta | Answered]:
        for event in answer_question(database, question, answer_resources.answerer()):
            if isinstance(event, Answered):
                record_question(event.trace, question.base_ids)
            yield event

    return answer


def tenant_search(database: DatabaseDep) -> Search:
    """A question → its passages. The embedding model is built when it is asked."""

    def search(question: Question) -> FoundPassages:
        found = find_passages(database, question, answer_resources.searcher())
        record_question(found.trace, question.base_ids)
        return found

    return search


def tenant_diagnose(database: DatabaseDep) -> Diagnose:
    """A question and the evidence expected → what became of it."""

    def diagnose(question: Question, expected: Expected) -> Diagnosed:
        from voicehelper.answering.diagnosis.diagnose import diagnose_question  # questions do not pay for it

        diagnosed = diagnose_question(database, question, expected, answer_resources.answerer())
        record_question(diagnosed.answered.trace, question.base_ids)
        return diagnosed

    return diagnose


AnswerDep = Annotated[Answer, Depends(tenant_answer)]
DiagnoseDep = Annotated["Diagnose", Depends(tenant_diagnose)]
SearchDep = Annotated[Search, Depends(tenant_search)]
