"""How long a deployment keeps entries of the audit log: ``keep_audit_entries``, called where migrations are applied.

The database removes what has become too old by itself (``migrations/0035_audit_retention.sql``).
"""

from __future__ import annotations

from typing import Final

import psycopg

AUDIT_DAYS: Final = 400  # the template's default: a year, and time to look back at it

KEEP_ENTRIES: Final = """
    INSERT INTO public.audit_retention AS r (days) VALUES (%(days)s)
    ON CONFLICT (is_only) DO UPDATE SET days = excluded.days, due_at = now() WHERE r.days <> excluded.days
"""


def keep_audit_entries(connection: psycopg.Connection, days: int) -> None:
    """0 keeps them for ever. The owner of the schema calls it; nobody else may."""
    connection.execute(KEEP_ENTRIES, {"days": days})
