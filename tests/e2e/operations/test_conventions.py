"""What every operation keeps to, over HTTP: keys of repeated writes, ETags and compression."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.client import Client, http_client


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
