"""The resources of the function that tells alarms, as ``resources`` builds them for all others."""

from __future__ import annotations

from voicehelper.adapters.aws_call import read_secret
from voicehelper.operations.alarms.board import Board
from voicehelper.operations.alarms.grouping import Times
from voicehelper.operations.alarms.receivers import Receivers
from voicehelper.operations.alarms.routing import Router
from voicehelper.settings import settings


def alarm_router() -> Router:
    """The secret is read at each call, of which there are few, so that a changed one counts at once."""
    name, (wait_s, interval_s, repeat_s) = settings().alarm_secret_name, settings().alarm_times_s
    receivers = Receivers.of(read_secret(name)[1] if name else {}, settings().run_book_url)
    times = Times(wait_s * 1000, interval_s * 1000, repeat_s * 1000)
    return Router(Board(settings().revoked_family_table), receivers.tell, times)
