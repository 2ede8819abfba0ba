"""CloudFormation's Custom::Schema: keys and schema are there before any code that needs them; safe to run again."""

from typing import Any

from voicehelper.entry.custom_resource import custom_resource
from voicehelper.operations.database_reports import database_report
from voicehelper.operations.keys import make_missing_keys
from voicehelper.operations.migration import migrate_database
from voicehelper.resources import deployed_dsn
from voicehelper.settings import settings


def migrate() -> dict[str, Any]:
    used = settings()
    keys = make_missing_keys([used.signing_key_parameter, used.link_key_parameter, used.webhook_key_parameter])
    return {"keys": keys, "applied": migrate_database(deployed_dsn(), audit_days=used.audit_retention_days)}


def report(name: str) -> dict[str, Any]:
    return database_report(deployed_dsn(), name)


handler = custom_resource(migrate, report=report)
