"""Where the database is and who signs in: ``database_dsn`` from a secret, ``iam_dsn`` by a function's own role."""

from __future__ import annotations

from typing import Any, Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from voicehelper.adapters.database_token import database_token

_PORT: Final = 5432
_NAME: Final = "voicehelper"


def database_dsn(secret: dict[str, Any], *, login: str, ca_file: str = "") -> str:
    """The connection string of a secret: {"dsn"}, or the fields of a secret that RDS manages.

    ``login`` is the role that signs in where {"dsn"} names no user, which also says itself how TLS is checked.
    """
    if "dsn" in secret:
        dsn = str(secret["dsn"])
        return make_conninfo(dsn, user=conninfo_to_dict(dsn).get("user") or login)
    return make_conninfo(
        host=secret["host"],
        port=secret.get("port", _PORT),
        dbname=secret.get("dbname", _NAME),
        user=secret["username"],
        password=secret["password"],
        **_tls(ca_file),
    )


def iam_dsn(host: str, *, login: str, ca_file: str = "") -> str:
    """The connection string of a database that knows its callers by their IAM role; for connections opened now."""
    token = database_token(host=host, port=_PORT, user=login)
    return make_conninfo(host=host, port=_PORT, dbname=_NAME, user=login, password=token, **_tls(ca_file))


def _tls(ca_file: str) -> dict[str, str]:
    """The server must have a certificate of these authorities for its name; without a file any will do."""
    return {"sslmode": "verify-full", "sslrootcert": ca_file} if ca_file else {"sslmode": "require"}
