"""The resources of webhooks, as ``resources`` builds them for all others; functions call it.

Imports are inside the functions, so that whoever only passes a message on loads no more.
"""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.webhooks.addresses import Reach
    from voicehelper.webhooks.delivering import Courier
    from voicehelper.webhooks.posts import Outcomes, Posts
    from voicehelper.webhooks.secrets import WebhookKeys

_SENDING_S: Final = 25.0  # ten seconds of receivers, and a cold start


@functools.cache
def webhook_keys() -> WebhookKeys:
    from voicehelper.webhooks.secrets import WebhookKeys

    return WebhookKeys(settings().webhook_key_parameter)


def reach() -> Reach:
    from voicehelper.webhooks.addresses import Reach

    return Reach(this_machine=settings().endpoint_url is not None)  # None on AWS


def send_posts(posts: Posts) -> Outcomes:
    from voicehelper.webhooks.sending import Sender, send_posts

    return send_posts(posts, Sender(webhook_keys().secret_of, reach()))


def courier() -> Courier:
    from voicehelper.adapters.invoke import invoke
    from voicehelper.resources import database, upload_queue
    from voicehelper.webhooks.delivering import Courier

    send = functools.partial(invoke, settings().sending_function, timeout_s=_SENDING_S)
    return Courier(database(), upload_queue(), send)


def tell_webhooks(message: str) -> None:
    """Of the upload queue: to the function that delivers, at the message's time."""
    from voicehelper.adapters.invoke import invoke_later
    from voicehelper.resources import upload_queue
    from voicehelper.webhooks.messages import WebhooksDue, pass_on

    deliver_later = functools.partial(invoke_later, settings().delivering_function)
    due = WebhooksDue.model_validate_json(message)
    pass_on(due, queue=upload_queue(), deliver_later=deliver_later, now=datetime.now(UTC))
