"""Which objects of a document no attempt reads any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from voicehelper.adapters.content import StoredObject
from voicehelper.ingestion.leftovers import leftovers
from voicehelper.ingestion.store import Attempt

CURRENT = Attempt(UUID(int=1), UUID(int=2), UUID(int=3), 7, 4, "a.pdf", "", "indexed", "finished")
KEPT = (
    "4/source",
    "7/source",  # has come, and nobody has heard of it
    "parsed.jsonl",
    "chunks.jsonl",
    "layouts/000001",
    "pictures/4/000001.webp",
    "recognised/4/1/0123.json",
    "pictures-7.json",
    "vectors/000000-aa.f16",
    "vectors/000256-dd.f16",
    "made/by/a/later/version",
)
OVER = (
    "source",
    "3/source",
    "8/source",
    "pictures/3/000001.webp",
    "recognised/3/1/0123.json",
    "pictures-6.json",
    "vectors/000000-bb.f16",
    "vectors/000000-cc.f16",
)


def stored(*names: str) -> list[StoredObject]:
    """The later in the arguments, the earlier written."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [StoredObject(CURRENT.ref.prefix + name, now - timedelta(seconds=at)) for at, name in enumerate(names)]


def test_what_an_attempt_before_has_left_may_go_and_nothing_else() -> None:
    found = leftovers(CURRENT, stored(*KEPT, *OVER))

    assert sorted(found) == sorted(CURRENT.ref.prefix + name for name in OVER)


def test_the_vectors_that_were_written_last_stay_in_whatever_order_they_are_listed() -> None:
    new, old, older = stored("vectors/000000-bb.f16", "vectors/000000-cc.f16", "vectors/000000-aa.f16")

    assert sorted(leftovers(CURRENT, [older, new, old])) == sorted([old.key, older.key])
    assert sorted(leftovers(CURRENT, [new, old, older])) == sorted([old.key, older.key])


def test_a_file_from_before_attempts_had_numbers_is_kept_while_it_is_the_documents() -> None:
    first = Attempt(UUID(int=1), UUID(int=2), UUID(int=3), 2, 0, "a.pdf", "", "indexed", "finished")

    assert leftovers(first, stored("source", "parsed.jsonl", "recognised/0/1/a.json")) == []
