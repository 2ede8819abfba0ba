"""`make logs`: prints the functions' log lines as they arrive in CloudWatch Logs.

Entry: ``follow()``. ``events`` and ``news`` also feed the metrics.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.local.endpoint import Endpoint
from infra.local.paths import State

Event = dict[str, Any]
Key = tuple[str, int, str]
LOOK_BACK_S = 600
_LATEST_ARRIVAL_S = 200
_NOISE = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")


def follow(state: State, console: Console) -> int:
    """Print new lines until Ctrl-C or until the stack has ended."""
    reader = Endpoint.of(state).client("logs")
    since_ms = int((time.time() - LOOK_BACK_S) * 1000)
    shown: Counter[Key] = Counter()
    try:
        while True:
            for event in news(events(reader, since_ms), shown):
                if _is_worth_showing(event["message"]):
                    console.print(line(event), markup=False, soft_wrap=True)
            since_ms = window_start_ms(since_ms)
            time.sleep(1)
    except KeyboardInterrupt:
        return 0
    except (BotoCoreError, ClientError):
        console.print(f"The stack has ended. Logs of its processes are in {state.logs}.")
        return 0


def news(window: Iterable[Event], shown: Counter[Key]) -> list[Event]:
    """Events that the last call did not see, oldest first. ``shown`` is updated; it covers the last call's window only.

    The emulator gives events no ids, so equal lines of one stream and millisecond are told apart by counting them.
    """
    counts: Counter[Key] = Counter()
    unseen = []
    for event in window:
        key = (event["logStreamName"], event["timestamp"], event["message"])
        counts[key] += 1
        if counts[key] > shown[key]:
            unseen.append(event)
    shown.clear()
    shown.update(counts)
    return sorted(unseen, key=lambda event: event["timestamp"])


def window_start_ms(begin_ms: int) -> int:
    """Start of the next window; it reaches back a while, because the lines of a long call arrive late."""
    return max(begin_ms, int((time.time() - _LATEST_ARRIVAL_S) * 1000))


def events(reader: Any, since_ms: int) -> list[Event]:
    groups = reader.describe_log_groups()["logGroups"]
    return [
        event
        for group in groups
        for event in reader.filter_log_events(logGroupName=group["logGroupName"], startTime=since_ms, limit=10_000)[
            "events"
        ]
    ]


def _is_worth_showing(message: str) -> bool:
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
