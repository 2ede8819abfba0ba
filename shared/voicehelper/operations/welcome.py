"""``welcome_page``, what GET / shows a person: that the service runs, and what comes next, in both languages."""

from __future__ import annotations

import base64
import hashlib
import html
from importlib import resources

from voicehelper.operations.reference.files import StaticFile


def welcome_page(base_url: str) -> StaticFile:
    """``base_url`` is the service's address in the commands; empty leaves the command line's own."""
    text = (resources.files(__package__) / "welcome.html").read_text("utf-8")
    option = f"--url {html.escape(base_url)} " if base_url else ""
    content = text.replace("{{option}}", option).encode()
    return StaticFile(content, _headers(text))


def _headers(text: str) -> dict[str, str]:
    """The page loads nothing; its one style sheet is named by its digest (CSP 3 §8.3)."""
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "content-security-policy": f"{policy}; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
