"""A disk that is full, or nearly: steps say so and are tried again, and with room the document is as on a quiet day.

The disk is a file system in memory that a child mounts for itself, filled until so many bytes are left.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID, uuid4

import psycopg

from tests.drill import mortal
from tests.drill.machine import Json, handler_of
from tests.drill.mortal import WorkError
from tests.drill.outcome import Outcome
from tests.drill.services import Services, running_services
from tests.support.bases import Base, create_base, create_document
from tests.support.stations import text_of

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_REC_PRIVATE = 0x4000 | 0x40000
SIZE_BYTES: Final = 1 << 20
STEPS: Final = ("ParseDocument", "ChunkDocument")
ROOM: Final = (0, 4_096, 16_384, 32_768, 65_536, 131_072, 262_144)  # in pages of memory, of which it is made


def fill_disk(random: Random, *, documents: int = 20) -> Outcome:
    outcome = Outcome()
    with running_services() as services, psycopg.connect(services.dsn, autocommit=True) as admin:
        try:
            mortal.run(lambda: _mount(SIZE_BYTES), environment=services.environment)
        except WorkError as error:
            outcome.untried = f"this machine lets nobody mount a file system: {error.message.splitlines()[0]}"
            return outcome
        base = create_base(admin)
        for state in STEPS:
            handler_of("ingestion", state)
        for number in range(documents):
            _document(number, base, services, admin, random, outcome)
    outcome.require("steps on a full disk", documents)
    outcome.require("of them that said so", documents // 2)
    return outcome


def _document(
    number: int, base: Base, services: Services, admin: psycopg.Connection, random: Random, outcome: Outcome
) -> None:
    """Long enough for a page of memory to be too small for it."""
    document_id = create_document(admin, base, f"{uuid4()}.md")
    admin.execute("UPDATE document SET source_attempt = 1, stage = 'parsing' WHERE id = %s", (document_id,))
    body = b"\n\n".join(text_of(100 * number + part) for part in range(30))
    services.put(base.ref(document_id).source_key(1), body)
    event = base.event(document_id).model_copy(update={"source_attempt": 1, "filename": "station.md"})
    given = event.model_dump(mode="json")
    for state in STEPS:
        for _ in range(2):
            _try(state, given, random.choice(ROOM), services, outcome)
        given = _in_peace(state, given, services, outcome)
    row = admin.execute("SELECT status, characters > 0 FROM document WHERE id = %s", (document_id,)).fetchone()
    outcome.compare(f"document {number}", row, ("processing", True))
    if not _is_whole(services, base, document_id):
        outcome.lost.append(f"document {number} has no chunks")


def _try(state: str, given: Json, room: int, services: Services, outcome: Outcome) -> None:
    handler = handler_of("ingestion", state)

    def work() -> Json:
        _mount(SIZE_BYTES, leaves=room)
        return handler(given, None)

    outcome.tried["steps on a full disk"] += 1
    try:
        mortal.run(work, environment=services.environment)
    except WorkError as error:
        outcome.tried["of them that said so"] += 1
        if error.name != "UpstreamUnavailableError" or "storage_full" not in error.message:
            outcome.wrong.append(f"{state} with {room} bytes: {error.name} {error.message[:300]}")


def _in_peace(state: str, given: Json, services: Services, outcome: Outcome) -> Json:
    handler = handler_of("ingestion", state)
    try:
        return dict(mortal.run(lambda: handler(given, None), environment=services.environment).result)
    except WorkError as error:
        outcome.lost.append(f"{state} with room again: {error}")
        return given


def _is_whole(services: Services, base: Base, document_id: UUID) -> bool:
    return f"{base.ref(document_id).prefix}chunks.jsonl" in services.keys(base.ref(document_id).prefix)


def _mount(size: int, leaves: int | None = None) -> None:
    """A file system of this process alone becomes its folder for temporary files."""
    folder = tempfile.mkdtemp()
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.unshare(_CLONE_NEWNS | (0 if os.geteuid() == 0 else _CLONE_NEWUSER)))
    _require(libc.mount(None, b"/", None, _MS_REC_PRIVATE, None))
    _require(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, f"size={size}".encode()))
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    if leaves is not None:
        with Path(folder, "filler").open("wb") as file:
            file.write(b"x" * (size - leaves))


def _require(status: int) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
