"""CloudFormation's Custom::Schema: brings the schema up to date before new code is called; safe to run again."""

from typing import Any

from voicehelper.entry.custom_resource import custom_resource
from voicehelper.operations.migration import migrate_database
from voicehelper.resources import deployed_dsn


def migrate() -> dict[str, Any]:
    return {"applied": migrate_database(deployed_dsn())}


handler = custom_resource(migrate)
