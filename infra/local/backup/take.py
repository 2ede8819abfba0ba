"""Makes the backup of a stack that runs and goes on running. Entry: ``take``.

Objects are copied before the database's moment and once more after it: a row of that moment finds its file, also where
somebody uploads or deletes meanwhile. What has no row at that moment is left out by the restore.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import code_version
from infra.local.backup import content, database
from infra.local.backup.archive import Writer
from infra.local.endpoint import Endpoint
from infra.local.paths import LOCAL, State
from infra.local.processes import StackError

DUMP: Final = "database.dump"
ROLES: Final = "roles.sql"
_PIECE: Final = 1 << 20


def default_file() -> Path:
    return LOCAL / "backups" / f"voicehelper-{datetime.now(UTC):%Y%m%d-%H%M%S}.backup"


def take(state: State, to: Path) -> Path:
    """StackError where no stack runs, or it ends meanwhile, or ``to`` is there already."""
    try:
        return _take(state, to)
    except (BotoCoreError, ClientError, psycopg.OperationalError) as error:
        raise StackError(
            f"It is not running, or ended meanwhile: `make run`. ({str(error).splitlines()[0]})"
        ) from error


def _take(state: State, to: Path) -> Path:
    endpoint = Endpoint.of(state)
    dsn = str(json.loads(state.facts.read_text("utf-8"))["dsn"])
    place = content.Place.of(endpoint)
    with Writer(to) as writer:
        copier = content.ObjectCopier(place, writer)
        copier.copy_new()
        made_at = _add_database(writer, dsn, to)
        content.add_secrets(place, writer)
        copier.copy_new()
        writer.finish(made_at=made_at, release=code_version(), migrations=database.migrations(dsn))
    return to


def _add_database(writer: Writer, dsn: str, to: Path) -> str:
    dumped = to.with_name(f".{to.name}.dump")
    dumped.touch(0o600)
    made_at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        database.dump(dsn, dumped)
        with dumped.open("rb") as stream:
            writer.add(DUMP, iter(lambda: stream.read(_PIECE), b""))
    finally:
        dumped.unlink()
    writer.add(ROLES, [database.roles(dsn).encode()])
    return made_at
