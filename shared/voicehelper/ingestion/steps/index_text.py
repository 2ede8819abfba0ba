"""chunks.jsonl → the index, replacing the document's old chunks; after this step it can be searched by words."""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.index.bases import touch_base
from voicehelper.index.bm25 import text_entries
from voicehelper.index.chunk import chunks_from_json
from voicehelper.index.protocol import OpenIndex
from voicehelper.ingestion import store
from voicehelper.ingestion.events import DocumentChunked
from voicehelper.ingestion.steps.keys import chunks_key


def index_text(
    event: DocumentChunked, *, database: Database, content: ContentStore, open_index: OpenIndex
) -> DocumentChunked:
    entries = text_entries(chunks_from_json(content.get(chunks_key(event.ref))))
    with database.transaction(event.tenant_id) as tx:
        document = store.claim(tx, event, stage="indexing")
        open_index(tx).replace_text(event.ref, entries, document.metadata)
        touch_base(tx, event.kb_id)
    return event
