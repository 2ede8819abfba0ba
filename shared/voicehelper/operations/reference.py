"""The API reference as HTML, made from the OpenAPI document alone: no script, no request to another host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
details{border:1px solid #ddd;border-radius:6px;margin:.5rem 0;padding:.5rem .8rem}
summary{cursor:pointer}b{display:inline-block;min-width:5rem}pre{background:#f6f6f6;padding:.6rem;overflow:auto}
"""


def reference_page(document: dict[str, Any]) -> str:
    body = "".join(_operations(document))
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} API</title><style>{_STYLE}</style>'
        f'<h1>{title} API</h1><p>Machine-readable: <a href="openapi.json">openapi.json</a></p>{body}</html>'
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (
                f"<details><summary><b>{escape(method.upper())}</b><code>{escape(path)}</code></summary>"
                f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"
                f"{_section('Request', operation.get('requestBody'), document)}"
                f"{_section('Responses', operation.get('responses'), document)}</details>"
            )


def _section(title: str, part: Any, document: dict[str, Any]) -> str:
    if not part:
        return ""
    text = json.dumps(_resolved(part, document, depth=3), indent=1, ensure_ascii=False)
    return f"<h4>{title}</h4><pre>{escape(text)}</pre>"


def _resolved(part: Any, document: dict[str, Any], *, depth: int) -> Any:
    """References replaced by what they name, a few levels deep, so that a reader needs no second look-up."""
    if isinstance(part, list):
        return [_resolved(item, document, depth=depth) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part and depth:
        name = part["$ref"].rpartition("/")[2]
        return _resolved(document["components"]["schemas"][name], document, depth=depth - 1)
    return {key: _resolved(value, document, depth=depth) for key, value in part.items()}
