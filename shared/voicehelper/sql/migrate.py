"""Schema changes: numbered plain SQL files, each applied once, in order, in a transaction of its own.

``migrate`` is the entry. Concurrent runs wait for each other (advisory lock), and files that have been applied are
skipped. A file that changed after it was applied stops the run: write a new file instead.
"""

from __future__ import annotations

import hashlib
import sys
from importlib import resources

import psycopg

_LOCK = 7_205_759_403  # arbitrary, the same for all runners

_LEDGER = """
    CREATE TABLE IF NOT EXISTS public.schema_migration (
      version text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


class MigrationChangedError(Exception):
    """A migration file was changed after it had been applied."""


def migration_files() -> list[tuple[str, str]]:
    """(file name, text) of every migration, in order."""
    folder = resources.files("voicehelper.sql") / "migrations"
    files = [(entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return sorted(files)


def file_digests() -> dict[str, str]:
    """{file name: what the ledger holds of it}."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in migration_files()}


def migrations_digest() -> str:
    """Changes with any file; template.yaml states it, so that a deployment with new files calls the migration."""
    texts = "".join(f"{name}\n{text}\n" for name, text in migration_files())
    return hashlib.sha256(texts.encode()).hexdigest()[:16]


def migrate(connection: psycopg.Connection) -> list[str]:
    """Apply all pending files; returns their names."""
    connection.autocommit = True
    return [name for name, text in migration_files() if _apply(connection, name, text)]


def _apply(connection: psycopg.Connection, name: str, text: str) -> bool:
    digest = hashlib.sha256(text.encode()).hexdigest()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(_LEDGER)
        row = connection.execute("SELECT sha256 FROM public.schema_migration WHERE version = %s", (name,)).fetchone()
        if row is not None:
            _check_unchanged(name, digest, applied_digest=row[0])
            return False
        connection.execute(text.encode())
        connection.execute("INSERT INTO public.schema_migration (version, sha256) VALUES (%s, %s)", (name, digest))
    return True


def _check_unchanged(name: str, digest: str, *, applied_digest: str) -> None:
    if digest != applied_digest:
        raise MigrationChangedError(f"{name} was changed after it was applied")


if __name__ == "__main__":  # python -m voicehelper.sql.migrate postgresql://…
    with psycopg.connect(sys.argv[1]) as database:
        for file_name in migrate(database):
            sys.stdout.write(f"{file_name}\n")
