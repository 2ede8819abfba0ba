"""The chunking step writes chunks as people have changed them, and batches that fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
from voicehelper.adapters.database import Database
from voicehelper.index.chunk import chunks_from_json
from voicehelper.ingestion import edits
from voicehelper.ingestion.edits import EditedChunk, text_digest
from voicehelper.ingestion.events import ChunkRequested
from voicehelper.ingestion.steps.chunk_document import chunk_document
from voicehelper.ingestion.steps.keys import chunks_key

from tests.integration.ingestion.test_parse_step import Folder, parsed_document
from tests.support.bases import create_base


def texts(asked: ChunkRequested, content: Folder, database: Database) -> list[str]:
    """As the embedding step reads them, by the ranges of its batches."""
    chunked = chunk_document(asked, database=database, content=content)
    raw = content.get(chunks_key(asked.ref))
    parts = [chunks_from_json(raw[batch.first_byte : batch.last_byte]) for batch in chunked.batches]
    assert [(b.first, b.last) for b in chunked.batches] == [(0, len(chunks_from_json(raw)))]
    assert chunked.batches[-1].last_byte == len(raw)
    return [chunk.text for part in parts for chunk in part]


def warnings(admin: psycopg.Connection[Any]) -> Any:
    return admin.execute("SELECT warnings FROM document").fetchone()


def test_edits_are_applied_each_time_that_the_file_is_read(admin: psycopg.Connection[Any], database: Database) -> None:
    asked, content = parsed_document(admin, create_base(admin))
    (text,) = texts(asked, content, database)
    (chunk,) = chunks_from_json(content.get(chunks_key(asked.ref)))
    edit = EditedChunk(chunk.chunk_id, 0, "file", text_digest(text), chunk.title, "It opens at seven.", None, {}, True)
    added = EditedChunk(uuid4(), 1, "added", None, "lock", "It closes at nine.", None, {}, True)
    with database.transaction(asked.tenant_id) as tx:
        edits.save_edit(tx, asked.ref, edit)
        edits.save_edit(tx, asked.ref, added)

    assert texts(asked, content, database) == ["It opens at seven.", "It closes at nine."]
    assert warnings(admin) == ([],)

    with database.transaction(asked.tenant_id) as tx:
        edits.save_edit(tx, asked.ref, replace(edit, enabled=False))

    assert texts(asked, content, database) == ["It closes at nine."]


def test_an_edit_of_a_text_that_is_gone_is_warned_of(admin: psycopg.Connection[Any], database: Database) -> None:
    asked, content = parsed_document(admin, create_base(admin))
    (text,) = texts(asked, content, database)
    gone = EditedChunk(uuid4(), 7, "file", text_digest("gone"), "t", "new", None, {}, True)
    with database.transaction(asked.tenant_id) as tx:
        edits.save_edit(tx, asked.ref, gone)

    assert texts(asked, content, database) == [text]
    assert warnings(admin) == (["edits_not_applied:1"],)
    with database.transaction(asked.tenant_id) as tx:
        assert edits.find_chunk(tx, asked.document_id, gone.id) is None
