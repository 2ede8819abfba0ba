"""Schema changes: numbered plain SQL files, each applied once, in order, in a transaction of its own.

Safe to run from several places at once (an advisory lock) and again (applied files are skipped). A file
that changed after it was applied stops the run: write a new one instead.
"""

from __future__ import annotations

import hashlib
import sys
from importlib import resources

import psycopg

_LOCK = 7_205_759_403  # any constant: the same in every runner

_LEDGER = """
    CREATE TABLE IF NOT EXISTS public.schema_migration (
      version text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


class MigrationChangedError(Exception):
    """An applied file is not what it was."""


def migration_files() -> list[tuple[str, str]]:
    """(file name, text) of every migration, in order."""
    folder = resources.files("voicehelper.sql") / "migrations"
    found = [(entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted(found)


def migrate(connection: psycopg.Connection) -> list[str]:
    """Bring the database up to date; returns the names of the files applied now."""
    connection.autocommit = True
    return [name for name, text in migration_files() if _apply(connection, name, text)]


def _apply(connection: psycopg.Connection, name: str, text: str) -> bool:
    digest = hashlib.sha256(text.encode()).hexdigest()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_LEDGER)
        row = connection.execute("SELECT sha256 FROM public.schema_migration WHERE version = %s", (name,)).fetchone()
        if row is not None:
            _refuse_if_changed(name, applied=row[0], found=digest)
            return False
        connection.execute(text.encode())
        connection.execute("INSERT INTO public.schema_migration (version, sha256) VALUES (%s, %s)", (name, digest))
    return True


def _refuse_if_changed(name: str, *, applied: str, found: str) -> None:
    if applied != found:
        raise MigrationChangedError(f"{name} was changed after it was applied")


if __name__ == "__main__":  # python -m voicehelper.sql.migrate postgresql://…
    with psycopg.connect(sys.argv[1]) as opened:
        for applied_name in migrate(opened):
            sys.stdout.write(f"{applied_name}\n")
