"""Makes a stack from a backup. Entry: ``restore``; ``Restoring`` is what a starting stack asks for its parts.

Into a folder without data alone. The whole file is compared with its manifest first. A mark stays in the folder until
all is there: no stack starts on half of it, and the same command begins anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg
from voicehelper.shapes.document_ref import source_of_key

from infra.local import postgres
from infra.local.backup import content, database
from infra.local.backup.archive import Backup, checked
from infra.local.backup.take import DUMP, ROLES
from infra.local.endpoint import Endpoint
from infra.local.paths import State, open_private
from infra.local.processes import StackError, claim_log
from infra.local.stack import Report, Stack

# What was announced and had not arrived: the form to send it with ended with the stack that signed it.
_END_WITHOUT_FILE: Final = """
    UPDATE document SET status = 'failed', error_code = 'upload_incomplete', finished_at = now()
     WHERE status = 'processing' AND id <> ALL(%(with_file)s)
"""
_CHILDREN: Final = ("postgres", "emulator", "front_door")
_DOCUMENTS: Final = "SELECT tenant_id::text, kb_id::text, id::text FROM document"


@dataclass
class Restoring:
    """What of a backup a starting stack takes, in this order."""

    backup: Backup
    state: State
    documents: set[tuple[str, str, str]] = field(default_factory=set)
    left_out: int = 0

    def load_database(self, dsn: str) -> None:
        dumped = self.state.folder / DUMP
        self.backup.extract(DUMP, dumped)
        database.load(dsn, dumped, self.backup.read(ROLES).decode())
        dumped.unlink()
        with psycopg.connect(dsn) as connection:
            self.documents = set(connection.execute(_DOCUMENTS).fetchall())
            connection.execute(_END_WITHOUT_FILE, {"with_file": self._with_file()})

    def _with_file(self) -> list[UUID]:
        keys = (source_of_key(str(entry.get("key", ""))) for entry in self.backup.entries.values())
        return [file.ref.document_id for file in keys if file]

    def put_keys(self, endpoint: Endpoint) -> None:
        content.put_keys(endpoint, self.backup)

    def put_content(self, endpoint: Endpoint) -> None:
        place = content.Place.of(endpoint)
        content.put_table(place, self.backup)
        self.left_out = content.put_objects(place, self.backup, self.documents)


@dataclass(frozen=True, slots=True)
class Restored:
    made_at: str
    documents: int
    left_out: int  # objects of documents that were added or removed while the backup was made


def restore(file: Path, state: State, *, durable: bool = True, report: Report = lambda _: None) -> Restored:
    """StackError, and nothing changed, for a file that is no whole backup or a folder with data."""
    backup = checked(file, room_in=state.folder)
    database.require_known(backup.manifest["migrations"])
    _require_empty(state)
    state.prepare()
    open_private(state.restoring, "w").close()
    restoring = Restoring(backup, state)
    with Stack(state.folder, durable=durable, restoring=restoring, report=report):
        pass
    state.restoring.unlink()
    return Restored(str(backup.manifest["made_at"]), len(restoring.documents), restoring.left_out)


def _require_empty(state: State) -> None:
    """What a restore that was cut short has left may go: it came into an empty folder."""
    if not state.restoring.exists():
        if state.folder.exists() and any(state.folder.iterdir()):
            raise StackError(f"There is data in {state.folder}, which would be lost. `make reset` removes it.")
        return
    with contextlib.ExitStack() as locked:
        if state.lock.exists():
            lock = locked.enter_context(open_private(state.lock, "a"))
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise StackError("A restore into this folder is running already.") from error
        for name in _CHILDREN:  # of the one that was killed, which write as they end
            if (log := state.logs / f"{name}.log").exists():
                claim_log(log).close()
        for folder in postgres.data_folders(state):
            shutil.rmtree(folder)
