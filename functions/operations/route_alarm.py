"""Topic of the alarms, or the clock: an alarm changed → a page, a message in a chat, or a line in the log"""

from voicehelper.entry.events import asynchronous_call
from voicehelper.operation_resources import alarm_router
from voicehelper.operations.alarms.changes import AlarmsCalled
from voicehelper.operations.alarms.routing import route


@asynchronous_call(AlarmsCalled)
def handler(event: AlarmsCalled) -> None:
    route(event, alarm_router())
