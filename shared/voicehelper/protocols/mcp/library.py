"""What the tools do: list bases, search, read documents, ask. ``Library.tools`` is the entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.events import Answered, Delta, SourcePassage, final_answer
from voicehelper.answering.passages import FoundPassages
from voicehelper.answering.response import MakeUrl, show_source
from voicehelper.knowledge import chunk_store, store
from voicehelper.knowledge.views import document_view
from voicehelper.messages.language import Language
from voicehelper.protocols.bases import find_base
from voicehelper.protocols.mcp.shapes import (
    AnswerWithCitations,
    Ask,
    Bases,
    Citation,
    DocumentText,
    FoundPassage,
    GetDocument,
    ListBases,
    ListedBase,
    Passages,
    Search,
    Section,
)
from voicehelper.protocols.mcp.tools import McpTool
from voicehelper.retrieval.question import Question

BASES_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of one tenant."""

    tenant: TenantDatabase
    language: Language
    answer: Callable[[Question], Iterable[Delta | Answered]]
    search: Callable[[Question], FoundPassages]
    make_url: MakeUrl

    def tools(self) -> list[McpTool[Any, Any]]:
        return [
            McpTool(
                "list_bases", "List knowledge bases", "The knowledge bases that can be searched and asked, newest "
                "first.", ListBases, Bases, self.list_bases,
            ),
            McpTool(
                "search", "Search documents", "Finds the passages of the documents that fit a query best, with the "
                "document and the page of each. Composes no answer.", Search, Passages, self.find,
            ),
            McpTool(
                "get_document", "Read a document", "The text of one document in sections, with its state and its "
                "metadata. Long documents are read on from next_section.", GetDocument, DocumentText, self.read,
            ),
            McpTool(
                "ask", "Ask the documents", "Answers a question from the documents, with marks [1], [2] … that "
                "citations explain, or says that they do not tell.", Ask, AnswerWithCitations, self.ask,
            ),
        ]  # fmt: skip

    def list_bases(self, arguments: ListBases) -> Bases:
        offset = (arguments.page - 1) * BASES_A_PAGE
        with self.tenant.transaction() as tx:
            rows = store.list_bases(tx, limit=BASES_A_PAGE + 1, offset=offset)
        listed = [
            ListedBase(**row.model_dump(include=set(ListedBase.model_fields) - {"id"}), id=row.id) for row in rows
        ]
        return Bases(bases=listed[:BASES_A_PAGE], has_next=len(rows) > BASES_A_PAGE)

    def find(self, arguments: Search) -> Passages:
        base_ids = self._base_ids(arguments.base)
        found = self.search(Question(arguments.query, base_ids, self.language, top_k=arguments.top_k, graph=False))
        return Passages(passages=[self._passage(source) for source in found.passages])

    def read(self, arguments: GetDocument) -> DocumentText:
        """DocumentNotFoundError for one that is unknown or another tenant's."""
        first, limit = arguments.first_section, arguments.sections
        with self.tenant.transaction() as tx:
            row = store.get_document(tx, arguments.document_id)
            chunks = chunk_store.list_chunks(tx, arguments.document_id, limit=limit, offset=first)
            total = chunk_store.count_chunks(tx, arguments.document_id)
        document = document_view(row, self.language)
        end = first + len(chunks)
        return DocumentText(
            document_id=document.id,
            filename=document.filename,
            status=document.status,
            error=document.error.message if document.error else None,
            metadata=document.metadata,
            pages=document.coverage.pages_total if document.coverage else None,
            section_count=total,
            sections=[Section(title=chunk.title, page=chunk.page, content=chunk.content) for chunk in chunks],
            next_section=end if chunks and end < total else None,
            url=self.make_url(document.id, None),
        )

    def ask(self, arguments: Ask) -> AnswerWithCitations:
        base_ids = self._base_ids(arguments.base)
        question = Question(arguments.question, base_ids, self.language, use_cache=True)
        answered = final_answer(self.answer(question))
        cited = [source for source in answered.sources if source.is_cited]
        return AnswerWithCitations(
            answer=answered.text,
            status=answered.status,
            confidence=round(min(1.0, max(0.0, answered.confidence)), 4),
            citations=[self._citation(number, source) for number, source in enumerate(cited, 1)],
        )

    def _base_ids(self, named: str | None) -> Sequence[UUID] | None:
        """None, which is every base, where none is named."""
        if named is None or not named.strip():
            return None
        with self.tenant.transaction() as tx:
            return [find_base(tx, named.strip(), takes_bare_name=True).id]

    def _passage(self, source: SourcePassage) -> FoundPassage:
        shown = show_source(source, self.make_url)
        return FoundPassage(**_fields_of(FoundPassage, shown))

    def _citation(self, number: int, source: SourcePassage) -> Citation:
        shown = show_source(source, self.make_url)
        return Citation(number=number, **_fields_of(Citation, shown))


def _fields_of(model: type[BaseModel], shown: object) -> dict[str, Any]:
    """The fields that the model has, too."""
    return {name: getattr(shown, name) for name in model.model_fields if hasattr(shown, name)}
