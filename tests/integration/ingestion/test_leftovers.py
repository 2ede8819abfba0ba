"""A document that is read again and again takes the room of one that was read once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.index.chunk import chunks_to_json
from voicehelper.ingestion.events import DeletionDue, LeftoversDue
from voicehelper.ingestion.steps.keys import chunks_key, parsed_key, pictures_key
from voicehelper.ingestion.work import handle_message
from voicehelper.knowledge import lifecycle
from voicehelper.knowledge.purging import purge

from tests.integration.ingestion.test_versions import Library
from tests.support.bases import chunks_of

_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"


class Shelf(Library):
    """The consumer of the upload queue hands purges to the function that deletes."""

    def consume(self) -> None:
        while self.uploads.messages:
            handle_message(
                self.uploads.messages.pop(0),
                database=self.database,
                ingestions=self.executions,
                uploads=self.uploads,
                purge_later=self.purge,
                tell_webhooks=lambda _: None,
                at_once=10,
            )

    def purge(self, payload: Mapping[str, Any]) -> None:
        purge(DeletionDue.model_validate(payload).root, database=self.database, content=self.content)

    def read_again(self, document_id: UUID, text: str) -> None:
        """As after a change of the chunker: another text, and so other vectors."""
        lifecycle.reindex_document(self.tenant, document_id, content=self.content, uploads=self.uploads)
        self.consume()
        ref = self.base.ref(document_id)
        self.content.put(chunks_key(ref), chunks_to_json(chunks_of(document_id, f"tariff {text}")))
        self.content.put(pictures_key(ref, self.event(document_id).attempt), b"{}")
        self.process(document_id)
        self.consume()

    def sizes(self) -> tuple[int, dict[str, int]]:
        """Objects, and rows by table, without the base's counters of words: 256 rows at most."""
        tables = [str(name) for (name,) in self.admin.execute(_TABLES) if name != "lex_df_page"]
        counts = {name: self.admin.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables}
        return len(self.content.objects), {name: int(count[0]) for name, count in counts.items() if count}


@pytest.fixture
def shelf(admin: psycopg.Connection[Any], database: Database) -> Shelf:
    return Shelf(admin, database)


def test_a_hundred_readings_leave_what_one_leaves(shelf: Shelf) -> None:
    document_id = shelf.upload("380")
    shelf.process(document_id)
    shelf.read_again(document_id, "first")
    before = shelf.sizes()

    for number in range(100):
        shelf.read_again(document_id, str(number))

    assert shelf.sizes() == before
    assert shelf.answering == {"99"}


def test_what_an_attempt_that_runs_may_read_is_kept(shelf: Shelf) -> None:
    document_id = shelf.upload("380")
    ref = shelf.base.ref(document_id)
    shelf.content.put(parsed_key(ref), b"{}")
    shelf.process(document_id)
    shelf.read_again(document_id, "first")
    lifecycle.reindex_document(shelf.tenant, document_id, content=shelf.content, uploads=shelf.uploads)
    there = dict(shelf.content.objects)
    late = LeftoversDue(
        tenant_id=ref.tenant_id,
        kb_id=ref.kb_id,
        document_id=document_id,
        attempt=shelf.event(document_id).attempt,
    )

    shelf.purge(late.model_dump())
    shelf.purge(late.model_copy(update={"attempt": 2}).model_dump())

    assert there.items() <= shelf.content.objects.items()
