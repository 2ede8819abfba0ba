"""``knowledge_base``: a question to the caller's own bases, answered as any other question, with its sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import JsonValue

from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.agents.tools.declarations import KNOWLEDGE_BASE, KnowledgeArguments
from voicehelper.agents.tools.protocol import Tool, ToolCall, ToolResult, ToolSource
from voicehelper.answering.events import Answered, SourcePassage, final_answer
from voicehelper.answering.response import title_of
from voicehelper.answering.service import Answerer, answer_question
from voicehelper.answering.spans import record_question
from voicehelper.retrieval.question import Question


def knowledge_base(database: Callable[[], Database], answerer: Callable[[], Answerer]) -> Tool[KnowledgeArguments]:
    def run(arguments: KnowledgeArguments, call: ToolCall) -> ToolResult:
        """Bases that the task's owner does not see are not found, whatever the call names."""
        tenant = TenantDatabase(database(), call.tenant_id, call.viewer)
        question = Question(arguments.question, call.kb_ids or None, call.language, use_cache=True)
        answered = final_answer(answer_question(tenant, question, answerer()))
        record_question(answered.trace, question.base_ids)
        return result_of(answered)

    return KNOWLEDGE_BASE.tool(run)


def result_of(answered: Answered) -> ToolResult:
    """``result`` says whether it is an answer; its marks name the sources, which a refusal has none of."""
    said: dict[str, JsonValue] = {
        "status": answered.status,
        "answer": answered.text,
        "confidence": round(answered.confidence, 4),
    }
    sources = [_source(source) for source in _cited(answered.sources)]
    usage = answered.usage
    return ToolResult(
        observation=answered.text, result=said, sources=sources, tokens=usage.tokens, cost_usd=usage.cost_usd
    )


def _cited(sources: Sequence[SourcePassage]) -> list[SourcePassage]:
    """In the order of their marks."""
    return [source for source in sources if source.is_cited]


def _source(source: SourcePassage) -> ToolSource:
    passage = source.passage
    return ToolSource(
        title=title_of(passage),
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        filename=source.filename,
        page=passage.page,
        quote=source.quote,
    )
