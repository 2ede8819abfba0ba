"""The exported OpenAPI document, which is deployed with the code, and its routes.

``openapi_text`` serves GET /openapi.json; ``refuse`` serves the route that API Gateway falls back to.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import resources

from voicehelper.errors import MethodNotAllowedError, NotFoundError


def openapi_text() -> str:
    return (resources.files("voicehelper.operations") / "openapi.json").read_text("utf-8")


def refuse(path: str, method: str) -> None:
    """Always raises: MethodNotAllowedError for a path with other methods, NotFoundError for an unknown path."""
    if any(pattern.fullmatch(path) for pattern in _path_patterns()):
        raise MethodNotAllowedError(f"{method} {path}")
    raise NotFoundError(path)


@functools.cache
def _path_patterns() -> tuple[re.Pattern[str], ...]:
    paths = json.loads(openapi_text())["paths"]
    return tuple(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in paths)
