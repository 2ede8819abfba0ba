"""A disk without room: says nothing about the file, so the step is tried again, and its failure has a code of its own.

Entry: ``full_disk_is_transient``, around the work of steps that write files.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from voicehelper.errors import UpstreamUnavailableError

STORAGE_FULL = "storage_full"  # the code, by which the error is recognised once it has become one of its family


class StorageFullError(UpstreamUnavailableError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"{STORAGE_FULL}: {reason}")


def is_disk_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


@contextlib.contextmanager
def full_disk_is_transient() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise StorageFullError(str(error)) from error
        raise
