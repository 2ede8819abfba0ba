"""Invoked once per deployment: brings the schema up to date; safe to run again."""

from typing import Any

from voicehelper.operations.migration import migrate_database
from voicehelper.resources import deployed_dsn


def handler(event: dict[str, Any], context: Any) -> dict[str, list[str]]:
    return {"applied": migrate_database(deployed_dsn())}
