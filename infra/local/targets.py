"""Which request targets the front door passes on. Entry: ``is_plain_path``."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_to_bytes

_ENCODED_SEPARATOR: Final = re.compile(rb"%(2f|5c)", re.IGNORECASE)
_MOST_LAYERS: Final = 4  # nobody encodes as often, and each costs a look at the whole path


def is_plain_path(raw_path: bytes) -> bool:
    """Whether a path is below the root whoever reads it, and however often it is decoded.

    No for what is no path (``http://host/``, ``@host``, ``*``), dot segments, empty segments, backslashes, and
    separators that are encoded.
    """
    path = raw_path
    for _ in range(_MOST_LAYERS):
        if not path.startswith(b"/") or b"\\" in path or b"//" in path or _ENCODED_SEPARATOR.search(path):
            return False
        if not {b".", b".."}.isdisjoint(path.split(b"/")):
            return False
        decoded = unquote_to_bytes(path)
        if decoded == path:
            return True
        path = decoded
    return False
