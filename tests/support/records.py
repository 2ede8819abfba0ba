"""Generated audit entries and usage of the last seven days, by whole statements."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import psycopg

PEOPLE: Final = 500

_PEOPLE: Final = """
    INSERT INTO app_user (id, tenant_id, email, username, password_hash)
    SELECT md5('person' || n)::uuid, %(tenant_id)s, 'person' || n || '@example.com', 'person', 'x'
      FROM generate_series(0, %(people)s - 1) AS n
    ON CONFLICT DO NOTHING
"""
_AUDIT: Final = """
    INSERT INTO audit_entry (id, tenant_id, at, actor_id, action, target, ip)
    SELECT gen_random_uuid(), %(tenant_id)s, now() - (%(rows)s - n) * interval '600000 seconds' / %(rows)s,
           md5('person' || n %% %(people)s)::uuid,
           (ARRAY['sign_in.succeeded', 'document.deleted', 'key.created'])[1 + n %% 3], 'doc-1', '192.0.2.1'
      FROM generate_series(1, %(rows)s) AS n
"""
# Seven days, people, three keys, ten bases; then models until there are as many rows as are wanted.
_USAGE: Final = """
    INSERT INTO usage_day (tenant_id, day, user_id, key_id, kb_id, model, questions, tokens_in, tokens_out, cost_usd)
    SELECT %(tenant_id)s, (now() AT TIME ZONE 'UTC')::date - n %% 7, md5('person' || n / 7 %% %(people)s)::uuid,
           md5('key' || n / (7 * %(people)s) %% 3)::uuid, md5('base' || n / (21 * %(people)s) %% 10)::uuid,
           'model-' || n / (210 * %(people)s), 1, 900, 100, 0.002
      FROM generate_series(0, %(rows)s - 1) AS n
"""
# What the trigger of each charge does, for all of them at once.
_SUMS: Final = """
    INSERT INTO usage_sum
    SELECT u.tenant_id, place.by, u.day, place.id, sum(u.questions), sum(u.tokens_in), sum(u.tokens_out),
           sum(u.cost_usd), sum(u.documents), sum(u.pages)
      FROM usage_day AS u
     CROSS JOIN LATERAL (VALUES ('day', u.day::text), ('model', u.model), ('base', u.kb_id::text),
                                ('key', u.key_id::text), ('user', u.user_id::text)) AS place (by, id)
     WHERE u.tenant_id = %(tenant_id)s
     GROUP BY u.tenant_id, place.by, u.day, place.id
"""


def fill_audit(connection: psycopg.Connection[Any], tenant_id: UUID, rows: int) -> None:
    values = {"tenant_id": tenant_id, "rows": rows, "people": PEOPLE}
    connection.execute(_PEOPLE, values)
    connection.execute(_AUDIT, values)


def fill_usage(connection: psycopg.Connection[Any], tenant_id: UUID, rows: int) -> None:
    values = {"tenant_id": tenant_id, "rows": rows, "people": PEOPLE}
    connection.execute(_PEOPLE, values)
    connection.execute("ALTER TABLE usage_day DISABLE TRIGGER sum_usage")
    connection.execute(_USAGE, values)
    connection.execute(_SUMS, values)
    connection.execute("ALTER TABLE usage_day ENABLE TRIGGER sum_usage")
