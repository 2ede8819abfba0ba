"""The deployment brings the schema up before any code that needs it is called."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.sql.migrate import migrations_digest
from voicehelper.sql.retention import AUDIT_DAYS

from infra import template
from infra.local.paths import EMULATOR_PYTHON
from infra.transformed import transformed

TEMPLATE = template.read()
MIGRATION = TEMPLATE.function_of("operations.migrate_database.handler")


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    return dict(transformed()["Resources"])


def test_a_deployment_with_new_migrations_calls_them() -> None:
    [schema] = TEMPLATE.resources("Custom::Schema").values()

    assert schema["Migrations"] == migrations_digest(), f"set Migrations of Schema to {migrations_digest()}"


def test_a_migration_that_never_answers_fails_the_deployment_soon_after_its_time_is_over() -> None:
    [schema] = TEMPLATE.resources("Custom::Schema").values()

    assert MIGRATION.timeout_s < schema["ServiceTimeout"] <= MIGRATION.timeout_s + 60
    assert MIGRATION.properties["EventInvokeConfig"] == {"MaximumRetryAttempts": 0}


def test_every_function_waits_for_the_schema_but_the_one_that_makes_it(resources: dict[str, Any]) -> None:
    tags = {name: resources[name]["Properties"]["Tags"] for name in TEMPLATE.functions()}
    waiting = {name for name, pairs in tags.items() if {"Key": "schema", "Value": {"Ref": "Schema"}} in pairs}

    assert waiting == set(TEMPLATE.functions()) - {MIGRATION.logical_id}
    assert resources["Schema"]["Properties"]["ServiceToken"] == {"Fn::GetAtt": [MIGRATION.logical_id, "Arn"]}


def test_the_schema_waits_for_the_database() -> None:
    [schema] = TEMPLATE.resources("Custom::Schema").values()

    assert schema["Database"]["Fn::If"][:2] == ["CreatesDatabase", {"Fn::GetAtt": ["Database", "Outputs.Host"]}]


def test_a_deployment_that_keeps_the_audit_log_for_another_time_says_so_to_the_database() -> None:
    [schema] = TEMPLATE.resources("Custom::Schema").values()
    declared = TEMPLATE.document["Parameters"]["AuditRetentionDays"]

    assert schema["AuditRetentionDays"] == MIGRATION.variables["AUDIT_RETENTION_DAYS"] == {"Ref": "AuditRetentionDays"}
    assert declared["Default"] == str(AUDIT_DAYS)
