"""``watch``: has the alarms of a running stack evaluated once a minute, and says how many connections are open."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg

from infra.local.alarms import definitions
from infra.local.alarms.definitions import Alarm
from infra.local.alarms.evaluation import Evaluator
from infra.local.endpoint import Endpoint
from infra.local.paths import State
from infra.local.processes import StackError

EVERY_S: Final = 60.0
CLUSTER: Final = "voicehelper-local"  # which the database of this machine is called

CONNECTIONS: Final = """
    SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Stack(Protocol):
    """``infra.local.stack.Stack``."""

    dsn: str
    endpoint: Endpoint
    outputs: dict[str, Any]
    state: State


def receiver(named: str) -> str:
    """`make run ALERTS=…`; StackError for what is no address of a webhook."""
    if named and not named.startswith(("http://", "https://")):
        raise StackError(f"ALERTS is the address of a webhook, as http://127.0.0.1:9000/alarms; not {named}")
    return named


def watch(stack: Stack, ended: threading.Event) -> None:
    """Until the event is set or the emulator has ended."""
    from botocore.exceptions import BotoCoreError, ClientError

    client, kept = stack.endpoint.client, stack.state.folder / "alarms.json"
    deployed: dict[str, Any] = {}
    watching = Evaluator({}, "", client("cloudwatch"), client("sns"))
    with contextlib.suppress(BotoCoreError):
        while not ended.wait(EVERY_S):
            if deployed is not stack.outputs:  # by now, or again
                deployed = stack.outputs
                watching.alarms = definitions.read(deployed["alarms"]["parameters"])
                watching.topic_arn = deployed["alarms"]["topic"]
                watching.states = known_states(kept, watching.alarms)
            with contextlib.suppress(ClientError, psycopg.Error):
                note_connections(stack.dsn, watching.metrics)
            with contextlib.suppress(ClientError):
                states = watching.look(datetime.now(UTC))
                kept.write_text(json.dumps(states), "utf-8")


def known_states(kept: Path, alarms: Mapping[str, Alarm]) -> dict[str, Any]:
    """Of the last run, so that what has ended meanwhile is told; all is well where nothing is known."""
    try:
        before = dict(json.loads(kept.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        before = {}
    return {name: before.get(name, "OK") for name in alarms}


def note_connections(dsn: str, metrics: Any) -> None:
    """What RDS would say of a cluster."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(CONNECTIONS).fetchone()
    assert row
    dimensions = [{"Name": "DBClusterIdentifier", "Value": CLUSTER}]
    entry = {"MetricName": "DatabaseConnections", "Dimensions": dimensions, "Value": float(row[0]), "Unit": "Count"}
    metrics.put_metric_data(Namespace="AWS/RDS", MetricData=[entry])
