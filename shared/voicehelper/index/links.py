"""Bounds of the links between chunks, the same in every index.

A name that many documents have, or whose rarest term many chunks have, says too little to be followed.
"""

from __future__ import annotations

from typing import Any, Final

MAX_DOCUMENTS: Final = 8  # with a name
MAX_CHUNKS: Final = 16  # with a name that is not their document's title
TARGETS: Final = 3  # of one name in one source, those most like the question
SOURCES: Final = 12  # of the second hop
MAX_LINKS: Final = 150
# Chunks that may have the rarest term of a name: so many, or this share of the base.
COMMON: Final = 20
COMMON_SHARE: Final = 0.05

BOUNDS: Final[dict[str, Any]] = {
    "max_documents": MAX_DOCUMENTS,
    "max_chunks": MAX_CHUNKS,
    "targets": TARGETS,
    "sources": SOURCES,
    "max_links": MAX_LINKS,
    "common": COMMON,
    "common_share": COMMON_SHARE,
}
