"""Raw HTTP against the address that users reach: spellings of paths, lengths, smuggled requests."""

from __future__ import annotations

import socket
from typing import Final
from urllib.parse import urlsplit

import pytest

from tests.attack.conftest import Count
from tests.support.product import Product

CLIMBS: Final = ("..", "%2e%2e", "%2E.", ".%2e", "..;", "%252e%252e", "..%2f", "..%5c", ".", "%2e")
TARGETS: Final = (
    "/health/{up}/{up}/{up}/{up}/_ministack/health", "/{up}/{up}/{up}/{up}?list-type=2", "/api/v1/{up}/{up}/{up}/{up}/",
    "//{up}//{up}//{up}/", "/{up}\\{up}\\{up}",
)  # fmt: skip
ODD_TARGETS: Final = (
    "http://169.254.169.254/latest/meta-data/", "@example.com/", "*", "//example.com/", "/\\example.com", "/%00",
    "/%0d%0aX: y", "/health#/../..", "/" + "a" * 20_000, "/%", "/%zz", "/%c0%af%c0%af", "/health?" + "&" * 9000,
)  # fmt: skip
SECRETS: Final = (b"ListBucketResult", b"ListAllMyBuckets", b"SecretList", b"ministack", b"localstack", b"Traceback")
HEAD: Final = "Host: localhost:{port}\r\nConnection: close\r\n"  # the port is filled in by raw()
LOGIN: Final = f"POST /api/v1/auth/login HTTP/1.1\r\n{HEAD}"
REQUESTS: Final = {
    "two lengths": f"{LOGIN}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{{}}",
    "length and chunks": f"{LOGIN}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": f"{LOGIN}Content-Length: -1\r\n\r\n",
    "length in words": f"{LOGIN}Content-Length: ten\r\n\r\n",
    "chunk of minus one": f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "unknown coding": f"{LOGIN}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "header without colon": f"GET /health HTTP/1.1\r\n{HEAD}nonsense\r\n\r\n",
    "folded header": f"GET /health HTTP/1.1\r\n{HEAD}X-A: b\r\n c\r\n\r\n",
    "line feeds alone": "GET /health HTTP/1.1\nHost: localhost:{port}\nConnection: close\n\n",
    "zero in a header": f"GET /health HTTP/1.1\r\n{HEAD}X-A: a\x00b\r\n\r\n",
    "no host": "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n",
    "foreign host": "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "old version": "GET /health HTTP/0.9\r\n\r\n",
    "unknown method": f"STEAL /health HTTP/1.1\r\n{HEAD}\r\n",
    "TRACE": f"TRACE /health HTTP/1.1\r\n{HEAD}\r\n",
    "CONNECT": f"CONNECT 127.0.0.1:22 HTTP/1.1\r\n{HEAD}\r\n",
    "huge header": f"GET /health HTTP/1.1\r\n{HEAD}X-A: {'a' * 200_000}\r\n\r\n",
    "many headers": f"GET /health HTTP/1.1\r\n{HEAD}" + "".join(f"X-{n}: a\r\n" for n in range(5000)) + "\r\n",
    "no HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


def raw(product: Product, request: str) -> bytes:
    """All that comes back within ten seconds; empty for a connection that is closed without an answer."""
    address = urlsplit(product.base_url)
    with socket.create_connection((address.hostname or "", address.port or 80), 10) as connection:
        answer = b""
        try:
            connection.sendall(request.replace("{port}", str(address.port)).encode("latin-1"))
            while piece := connection.recv(65_536):
                answer += piece
        except ConnectionError:
            pass  # refusing by closing is an answer too
        return answer


def is_safe(answer: bytes) -> bool:
    status = answer.split(b" ", 2)[1:2]
    return not any(secret in answer for secret in SECRETS) and (not status or not status[0].startswith(b"5"))


def test_no_spelling_of_a_path_leads_behind_the_api(product: Product, count: Count) -> None:
    targets = [target.format(up=climb) for target in TARGETS for climb in CLIMBS] + list(ODD_TARGETS)
    answers = {target: raw(product, f"GET {target} HTTP/1.1\r\n{HEAD}\r\n") for target in targets}
    wrong = [target[:80] for target, answer in answers.items() if not is_safe(answer) or _status(answer) == 200]
    assert [target for target in wrong if not target.startswith(("/health#", "/health?"))] == []
    count("spellings of a path", len(targets))


@pytest.mark.parametrize("name", REQUESTS)
def test_odd_requests_are_refused_or_served_whole(product: Product, name: str, count: Count) -> None:
    assert is_safe(raw(product, REQUESTS[name]))
    assert _status(raw(product, f"GET /health HTTP/1.1\r\n{HEAD}\r\n")) == 200, "the next caller is served"
    count("odd HTTP requests", 1)


def test_an_action_of_the_emulator_is_not_one_of_the_api(product: Product, count: Count) -> None:
    actions = ("secretsmanager.ListSecrets", "AWSStepFunctions.ListStateMachines", "AmazonSQS.ListQueues")
    for action in actions:
        headers = f"{HEAD}X-Amz-Target: {action}\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 2\r\n"
        answer = raw(product, f"POST / HTTP/1.1\r\n{headers}\r\n{{}}")
        assert _status(answer) in (403, 404, 405), answer[:200]
    count("calls of other services", len(actions))


def _status(answer: bytes) -> int:
    parts = answer.split(b" ", 2)
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
