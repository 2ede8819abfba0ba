"""`make run MAIL=…`: the server that takes mail, as the template's parameter `SmtpUrl`."""

from __future__ import annotations

from urllib.parse import urlsplit

from infra.local.processes import StackError


def mail_url(named: str) -> str:
    """StackError for what no mail can be sent to. Nobody signs in: the local stack has no secret for it."""
    if named and not _is_server(named):
        raise StackError(f"MAIL is a server, as smtp://127.0.0.1:1025?plain or smtps://mail.example.com; not {named}")
    return named


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
    more = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
    return has_place and is_plain and parts.scheme in ("smtp", "smtps") and more in ("", "?plain")
