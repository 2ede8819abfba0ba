"""Users and sign-in families in PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import errors as pg_errors
from psycopg.rows import class_row, dict_row

from voicehelper.adapters.database import Connection
from voicehelper.errors import ConflictError, NotFoundError
from voicehelper.identity.models import Registration, User


class EmailTakenError(ConflictError):
    code = "EMAIL_TAKEN"


class UserNotFoundError(NotFoundError):
    code = "USER_NOT_FOUND"


# Whoever registers gets a tenant of their own and is its admin.
_REGISTER = """
    WITH t AS (INSERT INTO tenant (id, name) VALUES (%(tenant_id)s, %(username)s) RETURNING id)
    INSERT INTO app_user (id, tenant_id, email, username, password_hash)
    SELECT %(id)s, t.id, %(email)s, %(username)s, %(password_hash)s FROM t
    RETURNING id, email, username, created_at
"""


def insert_user(conn: Connection, new: Registration, *, user_id: UUID, tenant_id: UUID, password_hash: str) -> User:
    values = {
        "id": user_id, "tenant_id": tenant_id, "email": new.email, "username": new.username,
        "password_hash": password_hash,
    }  # fmt: skip
    try:
        with conn.cursor(row_factory=class_row(User)) as cursor:
            return cursor.execute(_REGISTER, values).fetchall()[0]
    except pg_errors.UniqueViolation as error:
        raise EmailTakenError(new.email) from error


_BY_EMAIL = """
    SELECT id, tenant_id, email, username, password_hash, roles FROM app_user
     WHERE lower(email) = lower(%(email)s) AND status = 'active'
"""


def find_by_email(conn: Connection, email: str) -> dict[str, Any] | None:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BY_EMAIL, {"email": email}).fetchone()


_BY_ID = "SELECT id, email, username, created_at FROM app_user WHERE id = %(id)s AND tenant_id = %(tenant_id)s"


def get_user(conn: Connection, user_id: UUID, *, tenant_id: UUID) -> User:
    with conn.cursor(row_factory=class_row(User)) as cursor:
        found = cursor.execute(_BY_ID, {"id": user_id, "tenant_id": tenant_id}).fetchone()
    if found is None:
        raise UserNotFoundError
    return found


_INSERT_FAMILY = """
    INSERT INTO refresh_family (id, user_id, token_hash, expires_at)
    VALUES (%(id)s, %(user_id)s, %(token_hash)s, now() + make_interval(secs => %(life_s)s))
"""


def insert_family(conn: Connection, family_id: UUID, *, user_id: UUID, token_hash: bytes, life_s: int) -> None:
    values = {"id": family_id, "user_id": user_id, "token_hash": token_hash, "life_s": life_s}
    conn.execute(_INSERT_FAMILY, values)


# One statement decides a race of two refreshes with one token: the second finds another hash.
_ROTATE = """
    UPDATE refresh_family AS f SET token_hash = %(new_hash)s, expires_at = now() + make_interval(secs => %(life_s)s)
      FROM app_user AS u
     WHERE f.id = %(id)s AND u.id = f.user_id AND u.status = 'active'
       AND f.token_hash = %(old_hash)s AND f.revoked_at IS NULL AND f.expires_at > now()
    RETURNING u.roles
"""


def rotate(conn: Connection, family_id: UUID, *, old_hash: bytes, new_hash: bytes, life_s: int) -> list[str] | None:
    """The user's roles as they are now; None when the token is not the family's living one."""
    values = {"id": family_id, "old_hash": old_hash, "new_hash": new_hash, "life_s": life_s}
    row = conn.execute(_ROTATE, values).fetchone()
    return list(row[0]) if row else None  # type: ignore[call-overload]


_REVOKE = "UPDATE refresh_family SET revoked_at = coalesce(revoked_at, now()) WHERE id = %(id)s"


def revoke_family(conn: Connection, family_id: UUID) -> None:
    conn.execute(_REVOKE, {"id": family_id})
