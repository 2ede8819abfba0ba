"""What AWS's services say of themselves in CloudWatch and the emulator does not: requests of the API, ages of queues.

Entry: ``observe``, called by ``emulator_main`` with the emulator's own modules.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from typing import Any, Final

from infra.local.gate import App, Message, Receive, Send

_API: Final = re.compile(r"/_aws/execute-api/([0-9a-f]+)/")
FLUSH_S: Final = 5.0


class ApiMetrics:
    """ASGI middleware before the gateway: counts requests, errors and milliseconds of each API.

    They are written together, a point for each value, because the emulator keeps every point for two weeks.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    """

    def __init__(self, app: App, store: Any) -> None:
        self._app, self._store = app, store
        self._lock = threading.Lock()
        self._seen: Counter[tuple[str, str, float]] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        match = _API.match(str(scope.get("path", ""))) if scope["type"] == "http" else None
        if match is None:
            await self._app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._note(match[1], status, (time.monotonic() - started) * 1000)

    def _note(self, api_id: str, status: int, milliseconds: float) -> None:
        with self._lock:
            self._seen[api_id, "Count", 1.0] += 1
            self._seen[api_id, "4xx", float(400 <= status < 500)] += 1
            self._seen[api_id, "5xx", float(status >= 500)] += 1
            self._seen[api_id, "Latency", float(f"{milliseconds:.2g}")] += 1

    def flush(self) -> None:
        with self._lock:
            seen, self._seen = self._seen, Counter()
        for api_id, metric in {(api_id, metric) for api_id, metric, _ in seen}:
            values = {value: n for (api, name, value), n in seen.items() if (api, name) == (api_id, metric)}
            unit = "Milliseconds" if metric == "Latency" else "Count"
            points = [*values], [*values.values()]
            self._store("AWS/ApiGateway", metric, {"ApiId": api_id}, time.time(), unit, None, *points, None)


def note_ages(queues: dict[Any, Any], store: Any) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"""
    now = time.time()
    for queue in list(queues.values()):
        waiting = [now - message["sent_at"] for message in list(queue["messages"]) if message["visible_at"] <= now]
        store(
            "AWS/SQS",
            "ApproximateAgeOfOldestMessage",
            {"QueueName": queue["name"]},
            now,
            "Seconds",
            max(waiting, default=0.0),
            None,
            None,
            None,
        )


def observe(metrics: ApiMetrics, queues: dict[Any, Any], store: Any) -> None:
    """A thread that writes for ever."""

    def write() -> None:
        for turn in range(1 << 62):
            time.sleep(FLUSH_S)
            metrics.flush()
            if turn % 12 == 0:
                note_ages(queues, store)

    threading.Thread(target=write, daemon=True).start()
