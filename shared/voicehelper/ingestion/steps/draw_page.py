"""A page of an uploaded file → its picture in storage, drawn in the sandbox's child.

Like parsing, it reads hostile files and has no right on the database: who asks has checked who may see the document.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from voicehelper.adapters.content import ContentStore
from voicehelper.errors import RejectedError
from voicehelper.ingestion.disk import full_disk_is_transient
from voicehelper.ingestion.events import PageDrawn, PageRequested
from voicehelper.ingestion.layouts import first_of_batch, layout_of_page
from voicehelper.ingestion.sandbox import draw_in_child
from voicehelper.ingestion.steps.keys import layout_key, page_picture_key


def draw_page(event: PageRequested, *, content: ContentStore) -> PageDrawn:
    with full_disk_is_transient(), tempfile.TemporaryDirectory() as folder:
        source, picture = Path(folder, "source"), Path(folder, "picture.webp")
        content.download(event.ref.source_key(event.source_attempt), source)
        try:
            draw_in_child(source, picture, filename=event.filename, page=event.page, turn=_turn(event, content))
        except RejectedError as error:
            return PageDrawn(reason=error.reason)
        key = page_picture_key(event.ref, event.source_attempt, event.page)
        content.put(key, picture.read_bytes(), content_type="image/webp")
    return PageDrawn()


def _turn(event: PageRequested, content: ContentStore) -> int:
    """As the boxes of the page's words take it; 0 for a page without words."""
    batch = content.find(layout_key(event.ref, first_of_batch(event.page)))
    layout = layout_of_page(batch, event.page) if batch else None
    return layout.turn if layout else 0
