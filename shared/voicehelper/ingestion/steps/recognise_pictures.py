"""A few pictures of a document → what was read in each, one object a picture; those that an earlier try read are there.

Like parsing, it reads hostile files, in a child process for each picture, and has no right on the database. Where the
deployment names a recogniser outside, that one is shown the pictures (``picture_readers``).
"""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Final

from voicehelper.adapters.content import ContentStore
from voicehelper.errors import RejectedError
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import IngestionEvent, PictureBatch, RecogniseBatch
from voicehelper.ingestion.picture_readers import PictureReader, picture_reader
from voicehelper.ingestion.recognised import Recognition, results_to_json
from voicehelper.ingestion.steps.keys import pictures_key, recognised_key
from voicehelper.recognition.protocol import BUILTIN, Provider

# Some 20 s on Lambda: long enough for an invocation that loads the models, and short enough to repeat. Of a long
# document batches grow in place of becoming more: an execution has 25,000 events of history.
BATCH_PICTURES: Final = 4
MAX_BATCHES: Final = 60


def recognise_pictures(
    event: RecogniseBatch, *, content: ContentStore, provider: Provider | None = None
) -> IngestionEvent:
    """``provider`` is asked before the built-in recogniser, where there is one."""
    recogniser = provider.name if provider else BUILTIN
    noted = json.loads(content.get(pictures_key(event.ref, event.attempt)))
    keys = {
        reference: recognised_key(event.ref, event.source_attempt, recogniser, reference)
        for reference in noted[event.batch.first : event.batch.last]
    }
    missing = [reference for reference, key in keys.items() if not content.exists(key)]
    if missing:
        with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "source")
            content.download(event.ref.source_key(event.source_attempt), source)
            reader = picture_reader(source, event.filename, provider)
            for reference in missing:
                content.put(keys[reference], _result(reader, reference))
    return IngestionEvent(**event.model_dump(exclude={"batch"}))


def _result(reader: PictureReader, reference: str) -> bytes:
    """A picture that cannot be read, or takes too long, is a result too: the page is reported."""
    try:
        recognition = Recognition(reader.read(reference))
    except RejectedError as error:
        recognition = Recognition(None, error.reason)
    return results_to_json({reference: recognition})


def picture_batches(count: int) -> list[PictureBatch]:
    """Of ``count`` noted pictures, in order and without a gap."""
    together = max(BATCH_PICTURES, math.ceil(count / MAX_BATCHES))
    return [PictureBatch(first=start, last=min(start + together, count)) for start in range(0, count, together)]
