"""`make logs`: what the functions say, as CloudWatch Logs keeps it, and what the stack's own parts complain about."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.local.paths import State
from infra.local.processes import StackError

Event = dict[str, Any]
LOOK_BACK_S = 600
_NOISE = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")


def follow(state: State, console: Console) -> int:
    """Until Ctrl-C, or until the stack has ended."""
    client = _client(state)
    since_ms = int((time.time() - LOOK_BACK_S) * 1000)
    shown: Counter[str] = Counter()  # per stream; the emulator gives events no ids
    try:
        while True:
            for event in _news(_events(client, since_ms), shown):
                console.print(line(event), markup=False, soft_wrap=True)
            time.sleep(1)
    except KeyboardInterrupt:
        return 0
    except (BotoCoreError, ClientError):
        console.print(f"The stack has ended. Its parts' own logs are in {state.logs}.")
        return 0


def _client(state: State) -> Any:
    try:
        endpoint_url = json.loads(state.facts.read_text("utf-8"))["endpoint_url"]
    except (OSError, ValueError, KeyError) as error:
        raise StackError("No logs yet. Start with `make run`.") from error
    make: Any = boto3.client
    return make(
        "logs",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _news(events: Iterable[Event], shown: Counter[str]) -> list[Event]:
    """What was not there at the last call, oldest first; START and REPORT lines left out."""
    met: Counter[str] = Counter()
    news = []
    for event in events:
        met[event["logStreamName"]] += 1
        if met[event["logStreamName"]] > shown[event["logStreamName"]]:
            news.append(event)
    shown |= met
    return [e for e in sorted(news, key=lambda e: e["timestamp"]) if _says_something(e["message"])]


def _events(client: Any, since_ms: int) -> list[Event]:
    groups = client.describe_log_groups()["logGroups"]
    return [
        event
        for group in groups
        for event in client.filter_log_events(logGroupName=group["logGroupName"], startTime=since_ms, limit=10_000)[
            "events"
        ]
    ]


def _says_something(message: str) -> bool:
    return bool(message.strip()) and not message.startswith(_NOISE)


def line(event: Event) -> str:
    """Time, level, function and message of a structured line; any other line as it is."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone().strftime("%H:%M:%S")
    message = str(event["message"]).rstrip()
    try:
        record = json.loads(message)
    except ValueError:
        return f"{at} {message}"
    if not isinstance(record, dict) or "message" not in record:
        return f"{at} {message}"
    name = str(record.get("function_name", record.get("service", ""))).removeprefix("voicehelper-local-")
    parts = [at, record.get("level", ""), name, record["message"], record.get("exception", "")]
    return " ".join(str(part) for part in parts if part)
