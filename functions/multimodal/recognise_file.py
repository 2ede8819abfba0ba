"""Handed over by the endpoints: a file in storage → what it says."""

from voicehelper.entry.events import asynchronous_call
from voicehelper.multimodal import work
from voicehelper.multimodal.models import FileToRead
from voicehelper.resources import content, recognition_provider


@asynchronous_call(FileToRead)
def handler(event: FileToRead) -> None:
    work.recognise_file(event, content=content(), provider=recognition_provider())
