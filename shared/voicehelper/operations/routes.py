"""Which routes exist, read from the exported OpenAPI file that ships with the code."""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import Any

from voicehelper.errors import MethodNotAllowedError, NotFoundError


@functools.cache
def openapi_document() -> dict[str, Any]:
    return dict(json.loads(openapi_text()))


def openapi_text() -> str:
    return (resources.files("voicehelper.operations") / "openapi.json").read_text("utf-8")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in openapi_document()["paths"])


def refuse(path: str, method: str) -> None:
    """Always raises: 405 for a known path, 404 otherwise."""
    if any(pattern.fullmatch(path) for pattern in _patterns()):
        raise MethodNotAllowedError(f"{method} {path}")
    raise NotFoundError(path)
