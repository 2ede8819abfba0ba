"""The files of the API reference with the headers they are sent with; ``reference_file`` is for GET /docs.

The page is one route: ``?file=`` names the script or the style sheet it loads, so they are cached apart from it. Those
of ``operations/link_page.py`` are here, too.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final, Literal

FileName = Literal["page.html", "start.js", "swagger-ui.css", "swagger-ui-bundle.js", "link.css", "link.js"]

_PATHS: Final[Mapping[FileName, str]] = {
    "page.html": "page.html",
    "start.js": "start.js",
    "swagger-ui.css": "swagger-ui/swagger-ui.css.gz",
    "swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js.gz",
    "link.css": "link.css",
    "link.js": "link.js",
}
_TYPES: Final = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
# File names are not versioned, so a browser may use an old script with a new page for this long.
_ASSET_LIFE_S: Final = 3600

# Only the page's own host, and nothing inline. Swagger UI has its icons in data: URLs.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class StaticFile:
    content: bytes
    headers: Mapping[str, str]


def reference_file(name: FileName, accept_encoding: str) -> StaticFile:
    """The file, compressed if it is stored compressed and the client accepts gzip."""
    path = _PATHS[name]
    content = resources.files(__package__).joinpath(path).read_bytes()
    headers = _headers(name)
    if not path.endswith(".gz"):
        return StaticFile(content, headers)
    headers["vary"] = "accept-encoding"
    if accepts_gzip(accept_encoding):
        return StaticFile(content, headers | {"content-encoding": "gzip"})
    return StaticFile(gzip.decompress(content), headers)


def _headers(name: FileName) -> dict[str, str]:
    is_page = name == "page.html"
    return {
        "content-type": f"{_TYPES[name.rpartition('.')[2]]}; charset=utf-8",
        "cache-control": "no-cache" if is_page else f"public, max-age={_ASSET_LIFE_S}",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header names gzip with a weight above 0 (RFC 9110 §12.5.3)."""
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") != "" or weight == ""
    return False
