"""``call``: one bounded request to the identity provider, with the standard library, as ``adapters/aws_call`` does.

An HTTP client is in no layer of the functions that sign people in, and these send a few small requests.
"""

from __future__ import annotations

import functools
import http.client
import ipaddress
import json
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTimeError
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

from voicehelper.identity.oidc.errors import OidcUnavailableError

MAX_BYTES: Final = 512 * 1024  # Microsoft's keys are 20 kB
# Four requests fit into the gateway's 30 s, beside a database that wakes.
WITHIN_S: Final = 5.0


class Reply(NamedTuple):
    status: int
    document: dict[str, Any]


def is_safe_url(url: object) -> bool:
    """https with a host and without a sign-in or fragment; plain http only for a provider on this machine."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "#" in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def call(url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = {}) -> Reply:
    """GET, or POST of a form; redirects are not followed, and a refusal (4xx) is a reply like any other.

    OidcUnavailableError for no answer in time, one of the server's own failures, and what is no JSON object.
    """
    if not is_safe_url(url):
        raise OidcUnavailableError(f"not an address that may be called: {url!r}")
    pool = ThreadPoolExecutor(1)
    try:
        status, body = pool.submit(_send, urlsplit(url), form, headers).result(WITHIN_S)
    except (OSError, http.client.HTTPException, OutOfTimeError, ValueError) as error:
        raise OidcUnavailableError(f"{url}: {type(error).__name__}") from error
    finally:
        pool.shutdown(wait=False)
    if not (status == 200 or 400 <= status < 500) or status == 429:
        raise OidcUnavailableError(f"{url}: {status}")
    return Reply(status, _object(url, body))


def _send(url: SplitResult, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    body = None if form is None else urlencode(form).encode()
    kind = {} if form is None else {"content-type": "application/x-www-form-urlencoded"}
    connection = _connection(url)
    try:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        sent = {"accept": "application/json", "user-agent": "VoiceHelper", **kind, **headers}
        connection.request("GET" if form is None else "POST", target, body, sent)
        response = connection.getresponse()
        return response.status, response.read(MAX_BYTES + 1)
    finally:
        connection.close()


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    if url.scheme == "https":
        return http.client.HTTPSConnection(url.netloc, timeout=WITHIN_S, context=_tls())
    return http.client.HTTPConnection(url.netloc, timeout=WITHIN_S)


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _object(url: str, body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise OidcUnavailableError(f"{url}: more than {MAX_BYTES} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise OidcUnavailableError(f"{url}: no JSON") from error
    if not isinstance(document, dict):
        raise OidcUnavailableError(f"{url}: no JSON object")
    return document
