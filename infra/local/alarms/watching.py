"""``watch``: has the alarms of a running stack evaluated once a minute, and says how many connections are open."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import psycopg

from infra.local.alarms import definitions
from infra.local.alarms.evaluation import Evaluator
from infra.local.endpoint import Endpoint
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


def receiver(named: str) -> str:
    """`make run ALERTS=…`; StackError for what is no address of a webhook."""
    if named and not named.startswith(("http://", "https://")):
        raise StackError(f"ALERTS is the address of a webhook, as http://127.0.0.1:9000/alarms; not {named}")
    return named


def evaluator(stack: Stack) -> Evaluator:
    """Of what is deployed now."""
    alarms, client = stack.outputs["alarms"], stack.endpoint.client
    return Evaluator(definitions.read(alarms["parameters"]), alarms["topic"], client("cloudwatch"), client("sns"))


def watch(stack: Stack, ended: threading.Event) -> None:
    """Until the event is set or the emulator has ended. States survive a deployment of the template."""
    from botocore.exceptions import BotoCoreError, ClientError

    watching = evaluator(stack)
    with contextlib.suppress(BotoCoreError):
        while not ended.wait(EVERY_S):
            with contextlib.suppress(ClientError, psycopg.Error):
                note_connections(stack)
            with contextlib.suppress(ClientError):
                watching.alarms = evaluator(stack).alarms
                watching.look(datetime.now(UTC))


def note_connections(stack: Stack) -> None:
    """What RDS would say of a cluster."""
    with psycopg.connect(stack.dsn) as connection:
        row = connection.execute(CONNECTIONS).fetchone()
    assert row
    dimensions = [{"Name": "DBClusterIdentifier", "Value": CLUSTER}]
    entry = {"MetricName": "DatabaseConnections", "Dimensions": dimensions, "Value": float(row[0]), "Unit": "Count"}
    stack.endpoint.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[entry])
