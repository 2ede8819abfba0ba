"""The database of a backup: one snapshot by ``pg_dump``, the roles it names, and the migrations that made it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from voicehelper.sql.migrate import file_digests

from infra.local import postgres
from infra.local.processes import StackError

_LEDGER: Final = "SELECT version, sha256 FROM public.schema_migration ORDER BY version"
_SAID: Final = 300  # characters of what a program says


def dump(dsn: str, target: Path) -> None:
    """All of it as of one moment, while others write; custom format."""
    _run("pg_dump", dsn, "--format=custom", "--compress=1", f"--file={target}")


def roles(dsn: str) -> str:
    """Statements that make the product's roles, without passwords: a dump names them and does not hold them."""
    text = _run("pg_dumpall", dsn, "--roles-only", "--no-role-passwords")
    lines = [line for line in text.splitlines() if line.startswith(("CREATE ROLE", "ALTER ROLE", "GRANT"))]
    return "\n".join(line for line in lines if " ROLE postgres" not in line)


def migrations(dsn: str) -> dict[str, str]:
    """{migration: its digest} of what has been applied."""
    with psycopg.connect(dsn) as connection:
        return {str(name): str(digest) for name, digest in connection.execute(_LEDGER)}


def require_known(applied: dict[str, Any]) -> None:
    """StackError for data of a later version, or of another product: migrations lead forwards alone."""
    known = file_digests()
    if foreign := sorted(name for name, digest in applied.items() if known.get(name) != digest):
        raise StackError(
            f"It was made by another version, which has {foreign[0]}. Restore it with that one. Nothing was changed."
        )


def load(dsn: str, dumped: Path, role_statements: str) -> None:
    """Into an empty database. Roles that are there already stay: they belong to the server."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in role_statements.splitlines():
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                connection.execute(statement.encode())
    _run("pg_restore", dsn, "--exit-on-error", "--dbname", str(conninfo_to_dict(dsn)["dbname"]), str(dumped))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _run(program: str, dsn: str, *arguments: str) -> str:
    """With the password in the environment: others can read a process's arguments."""
    server = conninfo_to_dict(dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    settings = {names[key]: str(value) for key, value in server.items() if key in names}
    command = [str(postgres.program(program)), *arguments]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"{program} failed: {done.stderr.strip()[-_SAID:]}")
    return done.stdout
