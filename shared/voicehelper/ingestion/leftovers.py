"""What attempts that are over have left under a document's prefix, and no later attempt reads. Entry: ``leftovers``.

``knowledge/purging.py`` deletes it after an attempt that was not the first. What stays: the file, what was read of it,
and one set of vectors, which the next attempt takes over where the text is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from voicehelper.adapters.content import StoredObject
from voicehelper.ingestion.store import Attempt

_SOURCE: Final = re.compile(r"(?:(\d{1,9})/)?source")
_OF_FILE: Final = re.compile(r"(?:pictures|recognised)/(\d{1,9})/.+")
_OF_ATTEMPT: Final = re.compile(r"pictures-(\d{1,9})\.json")
_VECTORS: Final = re.compile(r"vectors/(\d{1,9})-[0-9a-f]+\.f16")


def leftovers(current: Attempt, stored: Iterable[StoredObject]) -> list[str]:
    """Keys of what may go once ``current`` is over and nothing follows it yet. What is not known is kept."""
    newest: dict[str, StoredObject] = {}
    doomed: list[str] = []
    for item in stored:
        name = item.key.removeprefix(current.ref.prefix)
        if vectors := _VECTORS.fullmatch(name):
            doomed += _older(newest, vectors.group(1), item)
        elif _is_over(name, current):
            doomed.append(item.key)
    return doomed


def _older(newest: dict[str, StoredObject], batch: str, item: StoredObject) -> Iterator[str]:
    """Of two sets of vectors of one batch the one that was written first; its text is not the document's any more."""
    if batch in newest:
        yield min(newest[batch], item, key=lambda stored: (stored.modified_at, stored.key)).key
        newest[batch] = max(newest[batch], item, key=lambda stored: (stored.modified_at, stored.key))
    else:
        newest[batch] = item


def _is_over(name: str, current: Attempt) -> bool:
    """A file that came for the current attempt is kept, though nobody may have heard of it yet."""
    if source := _SOURCE.fullmatch(name):
        return int(source.group(1) or 0) not in (current.source_attempt, current.attempt)
    if of_file := _OF_FILE.fullmatch(name):
        return int(of_file.group(1)) != current.source_attempt
    of_attempt = _OF_ATTEMPT.fullmatch(name)
    return of_attempt is not None and int(of_attempt.group(1)) != current.attempt
