"""Who reaches the emulator: the stack's parts with the key of this start, and a browser with a presigned request."""

from __future__ import annotations

import base64
import io
import os
import socket
import threading
import uuid
import zipfile
from dataclasses import replace
from typing import Any

import boto3
import httpx
import psutil
import pytest
from botocore.client import Config
from botocore.exceptions import ClientError

from infra.local.endpoint import FRONT_DOOR_HEADER, front_door_token
from tests.integration.local.conftest import FRONT_DOOR_PORT, Probe

FRONT_DOOR = f"http://localhost:{FRONT_DOOR_PORT}"


def _zip_of(source: str) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("page.py", source)
    return base64.b64encode(packed.getvalue()).decode()


SECRETS = {"x-amz-target": "secretsmanager.ListSecrets", "content-type": "application/x-amz-json-1.1"}
FUNCTION = {
    "FunctionName": "of-a-page",
    "Runtime": "python3.13",
    "Handler": "page.run",
    "Role": "arn:aws:iam::000000000000:role/any",
    "Code": {"ZipFile": _zip_of("def run(event, context): return 1")},
}
UNSIGNED: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/", {"headers": SECRETS, "content": b"{}"}),
    ("POST", "/2015-03-31/functions", {"json": FUNCTION}),
    ("POST", "/2015-03-31/functions", {"json": FUNCTION, "headers": {"content-type": "text/plain"}}),
    ("GET", "/", {}),
    ("GET", "/?list-type=2", {}),
    ("POST", "/_ministack/reset", {}),
    ("GET", "/_ministack/health", {}),
    ("PUT", "/a-bucket-of-mine", {}),
    ("POST", "/", {"data": {"Action": "GetCallerIdentity", "Version": "2011-06-15"}}),
    ("POST", "/nowhere", {"files": {"file": b"x"}, "headers": {"x-amz-target": "secretsmanager.ListSecrets"}}),
    ("OPTIONS", "/2015-03-31/functions", {}),
    ("GET", "/_aws/execute-api/00000000/$default/health", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), UNSIGNED)
@pytest.mark.parametrize("origin", [{}, {"origin": "https://page.example"}, {"origin": FRONT_DOOR}, {"origin": "null"}])
def test_a_call_that_nobody_signed_is_refused(
    probe: Probe, method: str, path: str, more: dict[str, Any], origin: dict[str, str]
) -> None:
    headers = {**more.get("headers", {}), **origin}
    answer = httpx.request(method, f"{probe.endpoint.url}{path}", **{**more, "headers": headers})

    preflight_of_our_own = method == "OPTIONS" and origin == {"origin": FRONT_DOOR}
    assert answer.status_code == (204 if preflight_of_our_own else 403)
    assert preflight_of_our_own or "access-control-allow-origin" not in answer.headers


def test_no_page_runs_a_program(probe: Probe) -> None:
    headers = {"origin": "https://page.example", "content-type": "text/plain"}
    httpx.post(f"{probe.endpoint.url}/2015-03-31/functions", json=FUNCTION, headers=headers)

    names = [function["FunctionName"] for function in probe.client("lambda").list_functions()["Functions"]]
    assert "of-a-page" not in names


@pytest.mark.parametrize(
    ("key_id", "secret"),
    [
        ("test", "test"),
        ("000000000000", "test"),
        ("test", None),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("111122223333", None),
    ],
)
def test_a_call_signed_with_another_key_is_refused(probe: Probe, key_id: str, secret: str | None) -> None:
    key = {"aws_access_key_id": key_id, "aws_secret_access_key": secret or probe.endpoint.secret_access_key}
    for service, ask in (("secretsmanager", "list_secrets"), ("s3", "list_buckets"), ("lambda", "list_functions")):
        client: Any = boto3.client(service, endpoint_url=probe.endpoint.url, region_name="us-east-1", **key)  # type: ignore[call-overload]
        with pytest.raises(ClientError, match=r"403|FORBIDDEN|Forbidden"):
            getattr(client, ask)()


@pytest.mark.parametrize(
    "host", ["page.example", "localhost.page.example", "127.0.0.1.page.example", "169.254.0.1", ""]
)
def test_a_signed_call_to_another_host_is_refused(probe: Probe, host: str) -> None:
    port = probe.endpoint.url.rpartition(":")[2]
    foreign = replace(probe.endpoint, url=f"http://{host or 'page'}:{port}")
    signed = foreign.signed_headers(f"{foreign.url}/_ministack/ready")

    answer = httpx.get(f"{probe.endpoint.url}/_ministack/ready", headers={**signed, "host": f"{host}:{port}"})

    assert answer.status_code == 403


def test_a_signed_call_from_another_origin_is_refused(probe: Probe) -> None:
    url = f"{probe.endpoint.url}/_ministack/ready"
    signed = probe.endpoint.signed_headers(url)

    assert httpx.get(url, headers={**signed, "origin": "https://page.example"}).status_code == 403
    assert httpx.get(url, headers={**signed, "origin": FRONT_DOOR}).headers["access-control-allow-origin"] == FRONT_DOOR
    assert "access-control-allow-origin" not in httpx.get(url, headers=signed).headers


def test_a_signature_covers_method_path_query_and_body(probe: Probe) -> None:
    url = f"{probe.endpoint.url}/_ministack/ready"
    signed = probe.endpoint.signed_headers(url)

    assert httpx.get(url, headers=signed).status_code == 200
    assert httpx.post(url, headers=signed).status_code == 403
    assert httpx.get(f"{url}?reset=1", headers=signed).status_code == 403
    assert httpx.get(url.replace("ready", "health"), headers=signed).status_code == 403
    assert httpx.request("GET", url, headers=signed, content=b"body").status_code == 403


def test_an_old_signature_is_refused(probe: Probe) -> None:
    url = f"{probe.endpoint.url}/_ministack/ready"
    signed = probe.endpoint.signed_headers(url)

    assert httpx.get(url, headers={**signed, "X-Amz-Date": "20200101T000000Z"}).status_code == 403


def test_the_front_doors_token_opens_the_api_and_nothing_else(probe: Probe) -> None:
    token = {FRONT_DOOR_HEADER: front_door_token(probe.endpoint.secret_access_key)}

    assert httpx.get(f"{probe.api_url}/health", headers=token, timeout=30).status_code == 200
    assert httpx.get(f"{probe.api_url}/health", headers={FRONT_DOOR_HEADER: "guess"}).status_code == 403
    assert httpx.get(f"{probe.endpoint.url}/_ministack/health", headers=token).status_code == 403
    assert httpx.post(f"{probe.endpoint.url}/", headers={**SECRETS, **token}, content=b"{}").status_code == 403


def test_the_front_doors_token_does_not_reach_a_function(probe: Probe) -> None:
    event = probe.call("GET", "/open/7").json()["event"]

    assert FRONT_DOOR_HEADER not in event["headers"]


def _stored(probe: Probe, body: bytes = b"content") -> str:
    key = f"gate/{uuid.uuid4()} 中+.txt"
    probe.client("s3").put_object(Bucket=probe.ids["Files"], Key=key, Body=body)
    return key


def _link(probe: Probe, key: str, *, operation: str = "get_object", **how: Any) -> str:
    place = {"Bucket": probe.ids["Files"], "Key": key}
    return str(probe.client("s3").generate_presigned_url(operation, Params=place, **how))


@pytest.mark.parametrize("headers", [{}, {"origin": FRONT_DOOR}, {"range": "bytes=0-6"}])
def test_a_presigned_url_opens_its_object(probe: Probe, headers: dict[str, str]) -> None:
    answer = httpx.get(_link(probe, _stored(probe)), headers=headers)

    assert answer.content == b"content"
    assert answer.headers.get("access-control-allow-origin") == headers.get("origin")


def test_a_presigned_url_opens_nothing_else(probe: Probe) -> None:
    key, other = _stored(probe), _stored(probe)
    link = _link(probe, key)
    path_of = {name: _link(probe, name).partition("?")[0] for name in (key, other)}

    assert httpx.get(link.replace(path_of[key], path_of[other])).status_code == 403
    assert httpx.delete(link).status_code == 403
    assert httpx.get(f"{link}&acl=").status_code == 403
    assert httpx.get(path_of[key]).status_code == 403
    assert httpx.get(link, headers={"origin": "https://page.example"}).status_code == 403
    assert httpx.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403


def test_a_presigned_url_ends(probe: Probe) -> None:
    key = _stored(probe)
    link = _link(probe, key, ExpiresIn=1)
    longer = link.replace("X-Amz-Expires=1&", "X-Amz-Expires=3600&")

    assert httpx.get(longer).status_code == 403
    deadline = threading.Event()
    deadline.wait(2.1)
    assert httpx.get(link).status_code == 403


def test_a_presigned_url_names_no_other_service(probe: Probe) -> None:
    link = _link(probe, _stored(probe))

    answer = httpx.request("GET", link, headers=SECRETS, content=b"{}")

    assert answer.content == b"content"


def _form(probe: Probe, key: str, **how: Any) -> dict[str, Any]:
    return dict(probe.client("s3").generate_presigned_post(probe.ids["Files"], key, **how))


def test_a_page_of_the_front_door_uploads_with_a_signed_form(probe: Probe) -> None:
    key = f"gate/{uuid.uuid4()}"
    form, page = _form(probe, key), {"origin": FRONT_DOOR}
    ask = {**page, "access-control-request-method": "POST", "access-control-request-headers": "content-type"}

    preflight = httpx.options(form["url"], headers=ask)
    stored = httpx.post(form["url"], data=form["fields"], files={"file": b"of a page"}, headers=page)

    assert preflight.headers["access-control-allow-origin"] == FRONT_DOOR
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert (stored.status_code // 100, stored.headers["access-control-allow-origin"]) == (2, FRONT_DOOR)
    assert probe.client("s3").get_object(Bucket=probe.ids["Files"], Key=key)["Body"].read() == b"of a page"


@pytest.mark.parametrize(
    "change",
    [
        {"x-amz-signature": "0" * 64},
        {"x-amz-signature": None},
        {"policy": None},
        {"policy": base64.b64encode(b'{"expiration": "2099-01-01T00:00:00Z", "conditions": []}').decode()},
        {"x-amz-credential": "test/20260101/us-east-1/s3/aws4_request"},
        dict.fromkeys(("policy", "x-amz-signature", "x-amz-credential", "x-amz-algorithm", "x-amz-date")),
        {"key": "gate/another"},
    ],
)
def test_a_form_that_was_changed_stores_nothing(probe: Probe, change: dict[str, str | None]) -> None:
    form = _form(probe, f"gate/{uuid.uuid4()}")
    fields = {name: value for name, value in (form["fields"] | change).items() if value is not None}

    assert httpx.post(form["url"], data=fields, files={"file": b"x"}).status_code == 403


def test_a_form_of_another_key_stores_nothing(probe: Probe) -> None:
    client: Any = boto3.client(
        "s3", endpoint_url=probe.endpoint.url, region_name="us-east-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(signature_version="s3v4"),
    )  # fmt: skip
    form = client.generate_presigned_post(probe.ids["Files"], "gate/guessed")

    assert httpx.post(form["url"], data=form["fields"], files={"file": b"x"}).status_code == 403


def test_a_function_reaches_with_its_own_key_what_its_role_grants(guarded_probe: Probe) -> None:
    """With policies enforced each function has a key of its own; nobody can work it out from the function's name."""
    answer = guarded_probe.client("lambda").invoke(FunctionName=guarded_probe.ids["GrantedFunction"], Payload=b"{}")

    assert b'"read": "allowed"' in answer["Payload"].read()


def _runtime_ports(probe: Probe) -> list[int]:
    probe.call("GET", "/open/7")
    emulator = psutil.Process(probe.running.process.pid)
    own = int(probe.endpoint.url.rpartition(":")[2])
    ports = {place.laddr.port for place in emulator.net_connections("tcp") if place.status == psutil.CONN_LISTEN}
    return sorted(ports - {own})


@pytest.mark.parametrize(
    "headers", [{"host": "page.example"}, {"origin": "https://page.example"}, {"sec-fetch-mode": "no-cors"}]
)
def test_no_browser_takes_an_event_meant_for_a_function(probe: Probe, headers: dict[str, str]) -> None:
    ports = _runtime_ports(probe)

    assert ports
    for port in ports:
        answer = httpx.get(f"http://127.0.0.1:{port}/2018-06-01/runtime/invocation/next", headers=headers, timeout=5)
        assert answer.status_code == 403


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act for another user")
def test_no_other_user_takes_an_event_meant_for_a_function(probe: Probe) -> None:
    for port in _runtime_ports(probe):
        assert b" 403 " in _said_to(NOBODY, port)
        assert b" 404 " in _said_to(os.getuid(), port), "the same request of our own user gets further"


NOBODY = 65534


def _said_to(user: int, port: int) -> bytes:
    """The status line that a process of this user gets for a path that is not there."""
    ours, theirs = os.pipe()
    if not (child := os.fork()):
        os.setuid(user)
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(b"GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
            os.write(theirs, connection.recv(30))
        os._exit(0)
    os.close(theirs)
    os.waitpid(child, 0)
    with os.fdopen(ours, "rb") as said:
        return said.read()


def test_everything_listens_on_this_machine_alone(probe: Probe) -> None:
    emulator = psutil.Process(probe.running.process.pid)
    listening = [
        place.laddr.ip
        for process in (emulator, *emulator.children(recursive=True))
        for place in process.net_connections("inet")
        if place.status == psutil.CONN_LISTEN
    ]

    assert set(listening) == {"127.0.0.1"}


def test_a_websocket_is_refused(probe: Probe) -> None:
    port = int(probe.endpoint.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(
            b"GET /_aws/execute-api/00000000/dev HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert connection.recv(100).split()[1] == b"403"
