"""How long a service that is slow or silent is waited for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from voicehelper.adapters.aws_call import BRIEF, AwsCallError, Patience, aws_call
from voicehelper.identity.api_keys.secret import new_secret
from voicehelper.identity.authorizer import authorize
from voicehelper.identity.keys import KeyRing, SigningKeys
from voicehelper.identity.tokens import Claims, issue
from voicehelper.identity_resources import key_reader, revoked_families, verifying_keys
from voicehelper.shapes.ids import NOWHERE


@pytest.fixture
def dripping(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A service that sends a byte of its answer every half second: no time-out of a socket ends that.

    The times at which it was called.
    """
    calls: list[float] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        threading.Thread(target=_drip, args=(server, calls, over), daemon=True).start()
        yield calls
        over.set()
        server.shutdown(socket.SHUT_RDWR)


def _drip(server: socket.socket, calls: list[float], over: threading.Event) -> None:
    while not over.is_set():
        try:
            connection, _ = server.accept()
        except OSError:
            return
        calls.append(time.monotonic())
        threading.Thread(target=_answer, args=(connection, over), daemon=True).start()


def _answer(connection: socket.socket, over: threading.Event) -> None:
    with connection:
        try:
            for byte in b"HTTP/1.1 200 OK" * 10:
                connection.sendall(bytes([byte]))
                if over.wait(0.5):
                    return
        except OSError:
            return


def test_a_brief_call_is_one_attempt_of_two_seconds_whatever_the_service_does(dripping: list[float]) -> None:
    started = time.monotonic()
    with pytest.raises(AwsCallError):
        aws_call("secretsmanager", "GetSecretValue", {}, patience=BRIEF)

    assert time.monotonic() - started < 3
    assert len(dripping) == 1


def test_attempts_are_counted_one_by_one(dripping: list[float]) -> None:
    with pytest.raises(AwsCallError):
        aws_call("secretsmanager", "GetSecretValue", {}, patience=Patience(attempts=2, within_s=0.3))

    assert len(dripping) == 2


def test_the_authorizer_answers_long_before_its_gateway_gives_it_up(dripping: list[float]) -> None:
    keys = KeyRing(lambda: SigningKeys("k", {"k": b"k" * 64}))
    token = issue(keys, Claims(NOWHERE, NOWHERE), "at+jwt", life_s=60, now=int(time.time()))
    started = time.monotonic()
    answer = asked(token)

    assert answer == {"isAuthorized": True, "context": {"unavailable": "true"}}
    assert time.monotonic() - started < 4
    assert len(dripping) == 2, "keys and revocations, side by side"


@pytest.mark.parametrize("key", [new_secret(), "vh_typo"], ids=["key", "typo"])
def test_the_authorizer_is_as_impatient_with_keys_of_machines(dripping: list[float], key: str) -> None:
    started = time.monotonic()
    answer = asked(key)

    assert answer == {"isAuthorized": True, "context": {"unavailable": "true"}}
    assert time.monotonic() - started < 4
    assert len(dripping) == 1


def asked(token: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"}
    return authorize(headers, "192.0.2.7", keys=verifying_keys(), revocations=revoked_families(), api_keys=key_reader())
