"""Bounds how many calls wait for their tasks at once, in the whole deployment. ``waiting_place`` is the entry.

A call that waits computes nothing, but takes an execution environment and a connection: in a small account, or on one
machine, twenty of them would leave none for questions. Who finds no place is told at once where to ask for the task.

The places are advisory locks of the database's sessions, which know nothing of transactions and end with their
connection: https://www.postgresql.org/docs/16/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

from voicehelper.adapters.database import TenantDatabase

# The function is asked row by row, and no further than the first that says yes.
_TAKE: Final = """
    SELECT place FROM generate_series(1, %(places)s::int) AS place
     WHERE pg_try_advisory_lock(hashtext('voicehelper waiting calls'), place) LIMIT 1
"""
_GIVE_BACK: Final = "SELECT pg_advisory_unlock(hashtext('voicehelper waiting calls'), %(place)s::int)"


@contextlib.contextmanager
def waiting_place(tenant: TenantDatabase, places: int) -> Iterator[bool]:
    """Whether one of the ``places`` was free; it is the caller's until the end of the block."""
    with tenant.transaction() as tx:
        place = tx.count(_TAKE, places=places)
    try:
        yield place > 0
    finally:
        if place:
            with tenant.transaction() as tx:
                tx.run(_GIVE_BACK, place=place)
