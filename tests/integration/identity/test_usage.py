"""What is charged, to whom, and how it is summed up, in a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.agents.planning.protocol import Spent
from voicehelper.agents.store import add_spent
from voicehelper.identity.usage import Bucket, Charge, Usage, charge, read_usage
from voicehelper.index.protocol import IndexCounts
from voicehelper.ingestion.store import finish
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import Base, add_member, create_base, create_document

MODEL = "qwen-plus"
ONE = Charge(MODEL, 1, 900, 100, 0.002)


@pytest.fixture
def base(admin: psycopg.Connection[Any]) -> Base:
    return create_base(admin)


@pytest.fixture
def member(admin: psycopg.Connection[Any], base: Base) -> UUID:
    return add_member(admin, base.tenant_id, email="ann@example.com")


def put(database: Database, base: Base, viewer: Viewer | None, what: Charge = ONE) -> None:
    with database.transaction(base.tenant_id, viewer) as tx:
        charge(tx, what)


def read(database: Database, base: Base, by: Bucket = "day", start: date = date.min, end: date = date.max) -> Usage:
    with database.transaction(base.tenant_id) as tx:
        return read_usage(tx, by, start, end)


def test_charges_add_up(database: Database, base: Base, member: UUID) -> None:
    for _ in range(3):
        put(database, base, Viewer(member))

    usage = read(database, base)
    (item,) = usage.items
    assert item.bucket == datetime.now(UTC).date().isoformat()
    assert (item.questions, item.tokens_in, item.tokens_out) == (3, 2700, 300)
    assert item.cost_usd == usage.total.cost_usd == pytest.approx(0.006)
    assert usage.total.questions == 3


def test_charges_at_the_same_time_are_all_kept(database_url: str, base: Base, member: UUID) -> None:
    def one(_: int) -> None:
        opened = Database(lambda: database_url)
        put(opened, base, Viewer(member))
        opened.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))

    assert read(Database(lambda: database_url), base).total.questions == 12


def test_each_sum_has_the_name_of_its_bucket(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    key_id, gone = uuid4(), add_member(admin, base.tenant_id)
    admin.execute(
        "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
        " VALUES (%s, %s, %s, 'nightly', 'abc', 'h', '{ask}')",
        (key_id, base.tenant_id, member),
    )
    put(database, base, Viewer(member, key_id), Charge(MODEL, 1, 10, 10, 2.0, base.kb_id))
    put(database, base, Viewer(gone), Charge("", 1, cost_usd=1.0))
    admin.execute("DELETE FROM app_user WHERE id = %s", (gone,))

    names = {by: [item.bucket for item in read(database, base, by).items] for by in ("user", "key", "base", "model")}
    assert names == {
        "user": ["ann@example.com", str(gone)],
        "key": ["nightly (abc)", ""],
        "base": ["b", ""],
        "model": [MODEL, ""],
    }


def test_a_period_has_both_its_days(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    put(database, base, Viewer(member))
    today = datetime.now(UTC).date()
    admin.execute(
        "INSERT INTO usage_day (tenant_id, day, user_id, key_id, kb_id, model, questions)"
        " SELECT tenant_id, day - 2, user_id, key_id, kb_id, model, questions FROM usage_day"
    )

    def count(start: int, end: int) -> int:
        days = [today - timedelta(days=back) for back in (start, end)]
        return read(database, base, start=days[0], end=days[1]).total.questions

    assert (count(2, 0), count(2, 2), count(1, 0), count(1, 1), count(0, 2)) == (2, 1, 1, 0, 0)


def test_nobody_is_charged_for_the_pipeline_and_no_workspace_for_another(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    put(database, base, None)
    put(database, base, Viewer(member))

    assert read(database, base).total.questions == 1
    assert read(database, create_base(admin)).total.questions == 0


def test_a_document_is_charged_to_whoever_uploaded_it(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    documents = [create_document(admin, base, name) for name in ("report.pdf", "older.pdf")]
    admin.execute("UPDATE document SET pages_total = 7, attempt = 1, status = 'processing'")
    admin.execute("UPDATE document SET uploaded_by = %s WHERE id = %s", (member, documents[0]))
    for document_id in documents:
        with database.transaction(base.tenant_id) as tx:
            finish(tx, base.event(document_id), IndexCounts(3, 3))

    (item,) = read(database, base, "user").items
    assert (item.bucket, item.documents, item.pages, item.questions) == ("ann@example.com", 1, 7, 0)
    assert admin.execute("SELECT count(*) FROM document WHERE status = 'indexed'").fetchone() == (2,)


def test_what_planning_a_task_takes_is_charged_to_its_owner(
    admin: psycopg.Connection[Any], database: Database, base: Base, member: UUID
) -> None:
    task_id = uuid4()
    admin.execute(
        "INSERT INTO agent_task (id, tenant_id, owner_id, task, language, mode, tools, max_steps, reflects, ends_by)"
        " VALUES (%s, %s, %s, 't', 'en', 'auto', '{}', 3, false, now())",
        (task_id, base.tenant_id, member),
    )
    with database.transaction(base.tenant_id) as tx:
        add_spent(tx, task_id, Spent(120, 0.5, 100, MODEL))
        add_spent(tx, task_id, Spent())

    (item,) = read(database, base, "model").items
    assert (item.bucket, item.tokens_in, item.tokens_out, item.cost_usd) == (MODEL, 100, 20, 0.5)
    assert read(database, base, "user").items[0].bucket == "ann@example.com"
