"""Where webhooks may be sent: ``require_allowed`` for addresses as they are given, ``Reach`` for connections.

On AWS, https to the public internet; on one machine also http, and that machine.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from voicehelper.agents.tools.web.addresses import is_public
from voicehelper.errors import InvalidInputError

_LEAST_OTHER_PORT: Final = 1024


class WebhookUrlRefusedError(InvalidInputError):
    """Not https, not a public host, with a user's name, or a port that other services have."""

    code = "WEBHOOK_URL_REFUSED"


@dataclass(frozen=True, slots=True)
class Reach:
    """``this_machine``: a deployment on an emulator, whose developers receive on their own machine."""

    this_machine: bool = False

    def allows(self, address: str) -> bool:
        return is_public(address) or (self.this_machine and _is_loopback(address))

    def allows_scheme(self, scheme: str) -> bool:
        return scheme == "https" or (self.this_machine and scheme == "http")


def require_allowed(url: str, reach: Reach) -> None:
    """Names are looked up when something is sent, each time anew."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise WebhookUrlRefusedError(url) from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url and "@" not in parts.netloc
    is_usual = port in (None, 80, 443) or (port or 0) >= _LEAST_OTHER_PORT
    if not (is_plain and is_usual and host and reach.allows_scheme(parts.scheme) and _may_be_host(host, reach)):
        raise WebhookUrlRefusedError(url)


def _may_be_host(host: str, reach: Reach) -> bool:
    """An address that is allowed, or any name but this machine's."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        is_local = host == "localhost" or host.endswith(".localhost")
        return reach.this_machine or ("." in host and not is_local)
    return reach.allows(host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
