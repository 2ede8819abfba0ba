"""``Receivers``: where notices go. A page to the pager's webhook, a message to the chat's, a line to the log.

A severity whose receiver is not configured goes to the next quieter one. No address is logged: it is a password.
"""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.observability.logs import logger
from voicehelper.operations.alarms.grouping import Alarm, Group, notice, page

_TIMEOUT_S: Final = 10.0
Post = Callable[[str, Mapping[str, Any]], None]


def post_json(url: str, body: Mapping[str, Any]) -> None:
    """UpstreamUnavailableError unless the receiver takes it within some seconds. Redirects are not followed."""
    try:
        status = _post(url, json.dumps(body).encode())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamUnavailableError(f"a receiver of notices: {type(error).__name__}") from error
    if not 200 <= status < 300:
        raise UpstreamUnavailableError(f"a receiver of notices answered {status}")


def _post(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=_TIMEOUT_S, context=context
        )
    elif parts.scheme == "http":
        connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    else:
        raise ValueError(parts.scheme)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body, {"content-type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Receivers:
    """``pager_key`` is what PagerDuty calls a routing key; other pagers need none."""

    run_book: str
    pager: str = ""
    pager_key: str = ""
    chat: str = ""
    post: Post = post_json

    @classmethod
    def of(cls, secret: Mapping[str, Any], run_book: str) -> Receivers:
        pager, pager_key, chat = (str(secret.get(name) or "") for name in ("pager", "pager_key", "chat"))
        return cls(run_book, pager, pager_key, chat)

    def tell(self, group: Group, alarms: Sequence[Alarm]) -> None:
        """UpstreamUnavailableError if the receiver does not take it."""
        text = notice(alarms, self.run_book)
        logger().info(text, extra={"severity": group.severity})
        if group.severity == "critical" and self.pager:
            self.post(self.pager, page(group, alarms, self.run_book, self.pager_key))
        elif group.severity != "info" and self.chat:
            self.post(self.chat, {"text": text})  # as Slack, Mattermost and Google Chat take it
