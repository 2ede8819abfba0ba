"""chunks.jsonl → the index, replacing the document's old chunks; after this step it can be searched by words.

A new version of a file waits for its vectors: until it is whole, the version before it answers alone.
"""

from __future__ import annotations

from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database
from voicehelper.index.chunk import chunks_from_json
from voicehelper.index.protocol import IndexBackend
from voicehelper.ingestion import store, versions
from voicehelper.ingestion.events import DocumentChunked
from voicehelper.ingestion.steps.keys import chunks_key


def index_text(
    event: DocumentChunked, *, database: Database, content: ContentStore, index: IndexBackend
) -> DocumentChunked:
    text = index.prepare_text(chunks_from_json(content.get(chunks_key(event.ref))))
    with database.transaction(event.tenant_id) as tx:
        document = store.claim(tx, event, stage="indexing")
        if document.is_superseded or versions.has_earlier(tx, event.document_id):
            return event.model_copy(update={"is_withheld": True})
        index.open(tx).replace_text(event.ref, text, document.metadata)
    return event
