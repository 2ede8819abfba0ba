"""The resources of functions that tell operators what goes wrong, as ``resources`` builds them for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.adapters.queues import Letter
    from voicehelper.operations.alarms.routing import Router


def alarm_router() -> Router:
    """The secret is read at each call, of which there are few, so that a changed one counts at once."""
    from voicehelper.adapters.aws_call import read_secret
    from voicehelper.operations.alarms.board import Board
    from voicehelper.operations.alarms.grouping import Times
    from voicehelper.operations.alarms.receivers import Receivers
    from voicehelper.operations.alarms.routing import Router

    name, (wait_s, interval_s, repeat_s) = settings().alarm_secret_name, settings().alarm_times_s
    receivers = Receivers.of(read_secret(name)[1] if name else {}, settings().run_book_url)
    times = Times(wait_s * 1000, interval_s * 1000, repeat_s * 1000)
    return Router(Board(settings().revoked_family_table), receivers.tell, times)


def keep_letter(letter: Letter) -> None:
    """In storage, for an operator."""
    from voicehelper.ingestion.dead_letters import kept_key, kept_letter
    from voicehelper.resources import content

    content().put(kept_key(letter), kept_letter(letter), content_type="application/json")
