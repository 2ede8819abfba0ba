"""Called by the functions that hear: opens a recording, which they do not, and finds the speech in it."""

from voicehelper.entry.steps import pipeline_step
from voicehelper.voice.remote_reading import RecordingCall, RecordingReply, answer_reading


@pipeline_step(RecordingCall)
def handler(event: RecordingCall) -> RecordingReply:
    return answer_reading(event)
