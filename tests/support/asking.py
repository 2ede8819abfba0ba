"""A knowledge base in memory: real parsers, chunks, embedding, retrieval and reader, without a database or HTTP."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID, uuid5

from voicehelper.answering.events import Composed
from voicehelper.answering.reader.answer import OfflineAnswer
from voicehelper.index.bases import BaseFacts
from voicehelper.index.memory import MemoryIndex, prepare_text, prepare_vectors
from voicehelper.ingestion.chunking import chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.steps.embed_chunks import embedding_text
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.models.reading import TrainedReader
from voicehelper.retrieval.pipeline import retrieve, start
from voicehelper.retrieval.plan import SearchContext, plan_order, plan_query, plan_search
from voicehelper.retrieval.question import Question
from voicehelper.shapes.document_ref import DocumentRef

TENANT, BASE = UUID(int=1), UUID(int=2)
History = Sequence[tuple[str, str]]
embedder = functools.cache(OfflineEmbedder)


class AskedBase:
    """``files`` are {name: content}; text is uploaded as UTF-8. ``reader`` gives a trained reader, if any."""

    def __init__(self, files: Mapping[str, str | bytes], reader: Callable[[], TrainedReader] | None = None) -> None:
        self.index, self.reader = MemoryIndex(TENANT), reader
        for name, content in files.items():
            self._add(name, content.encode() if isinstance(content, str) else content)

    def _add(self, name: str, content: bytes) -> None:
        chunks = chunk_document(parse_document(content, name), uuid5(BASE, name))
        ref = DocumentRef(tenant_id=TENANT, kb_id=BASE, document_id=uuid5(BASE, name))
        self.index.replace_text(ref, prepare_text(chunks), {})
        vectors = embedder().embed_passages([embedding_text(chunk) for chunk in chunks])
        self.index.add_vectors(ref, prepare_vectors(chunks, vectors))

    def ask(self, text: str, history: History = ()) -> Composed:
        question = Question(text, [BASE], "en", history=history)
        query = retrieve(start(question), plan_query(embedder))
        context = SearchContext(self.index, [BaseFacts(BASE, "m", True, 1)])
        found = retrieve(retrieve(query, plan_search(question, context)), plan_order(question, None, self.reader))
        *_, composed = OfflineAnswer(embedder, self.reader)(found)
        assert isinstance(composed, Composed)
        return composed
