"""What every operation keeps to, over HTTP: keys of repeated writes, ETags and compression."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.client import Client, http_client

# Of one connection or one call, and the length, which no body has.
_OWN = {
    "x-request-id",
    "x-amzn-trace-id",
    "apigw-requestid",
    "date",
    "content-length",
    "transfer-encoding",
    "connection",
}


def test_a_repeated_write_makes_one_base(client: Client) -> None:
    new = {"name": "once", "display_name": "Once"}
    headers = {"idempotency-key": "make-once-1"}

    def make(_: int = 0) -> tuple[int, str]:
        answer = client.call("POST", "/api/v1/knowledge/bases", json=new, headers=headers)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(make, range(4)))
    first, again = make(), make()

    assert first == again == next(answer for answer in at_once if answer[0] == 201)
    assert {status for status, _ in at_once} <= {201, 409, 429}
    assert [base["name"] for base in client.json("GET", "/api/v1/knowledge/bases")["items"]].count("once") == 1


def test_a_repeated_upload_is_one_document_though_its_boundary_differs(client: Client) -> None:
    base = f"/api/v1/knowledge/bases/{client.create_base('uploads')}/documents"
    headers = {"idempotency-key": "upload-1"}
    answers = [
        client.call("POST", base, files={"file": ("note.txt", b"The filter costs 59 yuan.")}, headers=headers)
        for _ in range(2)
    ]

    assert answers[0].request.headers["content-type"] != answers[1].request.headers["content-type"]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    other = client.call("POST", base, files={"file": ("note.txt", b"Another note.")}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_what_the_client_has_is_not_sent_again(client: Client) -> None:
    path = f"/api/v1/knowledge/bases/{client.create_base('etag')}"
    etag = client.call("GET", path).headers["etag"]

    known = client.call("GET", path, headers={"if-none-match": etag})

    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)


def test_a_long_answer_travels_compressed_to_who_accepts_it(client: Client) -> None:
    with http_client(str(client.http.base_url)) as caller:
        packed = caller.get("/openapi.json", headers={"accept-encoding": "gzip"})
        plain = caller.get("/openapi.json", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert packed.num_bytes_downloaded * 4 < plain.num_bytes_downloaded


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health", 200), ("/openapi.json", 200), ("/api/v1/users/me", 200), ("/api/v1/knowledge/bases/kb-1", 404)],
)
def test_head_answers_as_get_without_a_body(client: Client, path: str, status: int) -> None:
    whole, head = client.call("GET", path), client.call("HEAD", path)

    assert (head.status_code, head.content, whole.status_code) == (status, b"", status)
    assert {name: value for name, value in head.headers.items() if name not in _OWN} == {
        name: value for name, value in whole.headers.items() if name not in _OWN
    }


def test_head_is_refused_as_get_is(client: Client) -> None:
    path = f"/api/v1/knowledge/bases/{client.create_base('head')}"
    etag = client.call("HEAD", path).headers["etag"]

    with http_client(str(client.http.base_url)) as nobody:
        assert nobody.head(path).status_code == 401
        assert nobody.put(path, json={}).status_code == 405
    assert client.call("HEAD", path, headers={"if-none-match": etag}).status_code == 304
    assert client.call("HEAD", "/api/v1/auth/login").status_code == 405
    refused = client.call("PUT", path, headers={"idempotency-key": "other-method"})
    assert (refused.status_code, refused.json()["code"]) == (405, "METHOD_NOT_ALLOWED")


def test_a_counted_call_says_where_its_caller_stands(client: Client) -> None:
    """Two limits count it, by address and by network; the nearer one is told. Other calls are counted by none."""
    asked = [
        client.call("POST", "/api/v1/auth/password/forgot", json={"email": "standing@example.com"}) for _ in range(6)
    ]
    told = [(a.status_code, a.headers["ratelimit-limit"], a.headers["ratelimit-remaining"]) for a in asked]

    assert told == [*((202, "5", str(left)) for left in (4, 3, 2, 1, 0)), (429, "5", "0")]
    assert all(3500 < int(answer.headers["ratelimit-reset"]) <= 3600 for answer in asked)
    assert asked[-1].headers["ratelimit-reset"] == asked[-1].headers["retry-after"]
    assert "ratelimit-limit" not in client.call("GET", "/api/v1/users/me").headers
