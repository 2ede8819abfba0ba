"""Sends deliveries to their receivers: ``send_posts``, for the function outside the network.

It holds the key that signs, and no right on the database. A name is looked up once for each connection, all of its
addresses must be allowed, and the connection is made to one of them. Redirects are not followed and no body is read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from voicehelper.agents.tools.web.exchange import exchange
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.openai.call_budget import CallTimeoutError
from voicehelper.models.openai.network import LookUp, resolve
from voicehelper.models.protocols import Deadline
from voicehelper.observability.logs import logger
from voicehelper.shapes.ids import show
from voicehelper.webhooks.addresses import Reach, WebhookUrlRefusedError, require_allowed
from voicehelper.webhooks.posts import Failure, Outcome, Outcomes, Post, Posts
from voicehelper.webhooks.secrets import SecretName, sign

WITHIN_S: Final = 10.0
_MAX_ANSWER_BYTES: Final = 64_000  # of headers; no body is asked for
_AT_ONCE: Final = 10
_SUCCESS: Final = range(200, 300)


class AddressRefusedError(Exception):
    """The host has an address that is not of the public internet."""


@dataclass(frozen=True, slots=True)
class Sender:
    """``secret_of`` derives a webhook's secret. ``look_up`` is the resolver; tests have one of their own."""

    secret_of: Callable[[SecretName], str]
    reach: Reach
    look_up: LookUp = resolve
    within_s: float = WITHIN_S

    def addresses(self, host: str, port: int, timeout_s: float) -> list[str]:
        found = self.look_up(host, port, timeout_s)
        if not all(map(self.reach.allows, found)):
            raise AddressRefusedError(f"{host}: {found}")
        return found


def send_posts(posts: Posts, sender: Sender) -> Outcomes:
    """All of them end within ``within_s`` of their start."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return Outcomes(outcomes=list(threads.map(lambda post: _send(post, sender), posts.posts)))


def _send(post: Post, sender: Sender) -> Outcome:
    deadline = Deadline(time.monotonic() + sender.within_s)
    try:
        require_allowed(post.url, sender.reach)
        with exchange(
            _request(post, sender), deadline, max_bytes=_MAX_ANSWER_BYTES, look_up=sender.addresses
        ) as response:
            return _outcome(post, response)
    except (AddressRefusedError, WebhookUrlRefusedError):
        return Outcome(delivery_id=post.delivery_id, failure="address_refused")
    except CallTimeoutError:
        return Outcome(delivery_id=post.delivery_id, failure="timed_out")
    except (httpx2.HTTPError, httpx2.InvalidURL, UpstreamUnavailableError) as error:
        logger().info("delivery failed", extra={"delivery": str(post.delivery_id), "explanation": type(error).__name__})
        failure: Failure = "unreachable" if deadline.remaining() > 0 else "timed_out"
        return Outcome(delivery_id=post.delivery_id, failure=failure)


def _request(post: Post, sender: Sender) -> httpx2.Request:
    body = post.body.encode()
    names = [SecretName(post.webhook_id, signer.number, signer.key_version) for signer in post.signers]
    headers = {
        "content-type": "application/json",
        "x-voicehelper-event": post.event,
        "x-voicehelper-delivery": show("delivery", post.delivery_id),
        "x-voicehelper-signature": sign([sender.secret_of(name) for name in names], body, at=int(time.time())),
    }
    return httpx2.Request("POST", post.url, headers=headers, content=body)


def _outcome(post: Post, response: httpx2.Response) -> Outcome:
    is_taken = response.status_code in _SUCCESS
    return Outcome(
        delivery_id=post.delivery_id,
        status=response.status_code,
        failure="" if is_taken else "status",
        retry_after_s=0.0 if is_taken else retry_after_s(response.headers.get("retry-after", "")),
    )


def retry_after_s(value: str, now: datetime | None = None) -> float:
    """Of the header Retry-After, in seconds or as a date (RFC 9110 §10.2.3); 0 for what is neither, or past."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())
