"""Knowledge bases and documents through the gateway."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.support.client import Client
from tests.support.product import Product

TEXT = "# 门禁\n\n访客须在前台登记后领取临时门禁卡，有效期为当日 18:00。\n".encode()

DEEP_METADATA = '{"a": [' * 9 + "1" + "]}" * 9


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base("routes")


@pytest.fixture(scope="module")
def document_id(client: Client, kb_id: str) -> str:
    document_id = client.upload(kb_id, "门禁.md", TEXT, {"department": "行政"})
    client.wait([document_id])
    return document_id


def test_a_new_base_is_returned_with_its_id_and_status(client: Client) -> None:
    base = client.json("POST", "/api/v1/knowledge/bases", json={"name": "shape", "display_name": "x"})

    assert set(base) == {"id", "name", "status"}
    assert base["status"] == "active"


@pytest.mark.parametrize("name", ["Upper", "", "with space", "名称", "a" * 65])
def test_invalid_base_names_are_rejected(client: Client, name: str) -> None:
    response = client.call("POST", "/api/v1/knowledge/bases", json={"name": name})

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"] == "name"


def test_base_names_are_unique_within_a_tenant(client: Client, kb_id: str) -> None:
    response = client.call("POST", "/api/v1/knowledge/bases", json={"name": "routes"})

    assert (response.status_code, response.json()["code"]) == (409, "KNOWLEDGE_BASE_NAME_TAKEN")


def test_bases_are_listed_in_pages(client: Client, kb_id: str) -> None:
    bases = client.json("GET", "/api/v1/knowledge/bases", params={"page_size": 1})

    assert set(bases) == {"items", "total", "page", "page_size", "has_next"}
    assert bases["has_next"] == (bases["total"] > 1)


def test_a_base_lists_and_counts_its_documents(client: Client, kb_id: str, document_id: str) -> None:
    base = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}")
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")

    assert [item["id"] for item in documents["items"]] == [document_id]
    assert documents["items"][0]["coverage"] == {
        "pages_total": 1,
        "pages_with_text": 1,
        "pages_recognised": [],
        "characters": pytest.approx(40, abs=20),
    }
    assert base["document_count"] == 1


def test_a_document_is_shown_with_its_metadata(client: Client, kb_id: str, document_id: str) -> None:
    document = client.json("GET", f"/api/v1/knowledge/documents/{document_id}")

    assert (document["id"], document["knowledge_base_id"], document["filename"]) == (document_id, kb_id, "门禁.md")
    assert (document["status"], document["warnings"], document["error"]) == ("indexed", [], None)
    assert document["metadata"] == {"department": "行政"}


def test_chunks_carry_the_heading_above_them(client: Client, document_id: str) -> None:
    page = client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks")

    assert page["total"] == 1
    assert "门禁" in page["items"][0]["title"]
    assert "临时门禁卡" in page["items"][0]["content"]


@pytest.mark.parametrize("metadata", ["{", "[]", '"text"', "NaN", '{"a": NaN}'])
def test_malformed_metadata_is_rejected(client: Client, kb_id: str, metadata: str) -> None:
    response = client.call(
        "POST",
        f"/api/v1/knowledge/bases/{kb_id}/documents",
        files={"file": ("a.txt", b"text")},
        data={"metadata": metadata},
    )

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("request_parts", "status", "code"),
    [
        ({"content": b"text", "headers": {"content-type": "text/plain"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"files": {"file": ("empty.txt", b"")}}, 422, "EMPTY_FILE"),
        ({"files": {"other": ("a.txt", b"x")}}, 422, "VALIDATION_ERROR"),
        ({"files": {"file": ("film.mp4", b"\0\0\0\x18ftypmp42")}}, 422, "UNSUPPORTED_TYPE"),
        ({"files": {"file": ("all.zip", b"PK\x03\x04")}}, 422, "UNSUPPORTED_TYPE"),
        ({"files": {"file": ("README", b"text")}}, 422, "UNSUPPORTED_TYPE"),
        ({"json": {"filename": "film.mp4", "size_bytes": 9}}, 422, "UNSUPPORTED_TYPE"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"metadata": DEEP_METADATA}}, 422, "METADATA_INVALID"),
        ({"files": {"file": ("a.txt", b"x" * 4_600_000)}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"json": {"filename": "a.txt", "size_bytes": -1}}, 422, "VALIDATION_ERROR"),
        ({"json": {"filename": "a.txt", "size_bytes": 600_000_000}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"json": ["not", "an", "object"]}, 422, "VALIDATION_ERROR"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "VALIDATION_ERROR"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 422, "VALIDATION_ERROR"),
    ],
)
def test_refused_uploads_are_explained(
    client: Client, kb_id: str, request_parts: dict[str, Any], status: int, code: str
) -> None:
    response = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", **request_parts)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_file_uploaded_to_storage_directly_is_indexed_like_any_other(
    client: Client, kb_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "large.txt"
    path.write_text("The reactor hall opens at seven.\n" + "x" * 100 + "\n", "utf-8")

    document_id = client.upload_directly(kb_id, path)

    assert client.wait([document_id])[document_id]["status"] == "indexed"
    assert "seven" in client.ask(kb_id, "When does the reactor hall open?")["answer"]


def announce(client: Client, kb_id: str, name: str, announced: bytes) -> dict[str, Any]:
    body = {"filename": name, "size_bytes": len(announced), "sha256": hashlib.sha256(announced).hexdigest()}
    return client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", json=body)


def test_bytes_that_are_not_those_announced_are_refused_and_the_announced_ones_can_be_added(
    client: Client, kb_id: str
) -> None:
    announced, sent = b"The dam opens at nine.", b"The dam opens at noon."
    form = announce(client, kb_id, "dam.txt", announced)
    stored = httpx.post(form["upload_url"], data=form["fields"], files={"file": sent})
    failed = client.wait([form["document_id"]])[form["document_id"]]
    added = client.upload(kb_id, "dam.txt", announced)

    assert stored.is_success
    assert (failed["status"], failed["error"]["code"]) == ("failed", "digest_mismatch")
    assert client.wait([added])[added]["status"] == "indexed"


def test_announcing_bytes_that_are_indexed_gives_no_form(client: Client, kb_id: str, document_id: str) -> None:
    answer = announce(client, kb_id, "copy.md", TEXT)

    assert set(answer) == {"document_id", "status", "message"}
    assert (answer["document_id"], answer["status"]) == (document_id, "indexed")


def test_the_same_bytes_uploaded_directly_fail_as_a_duplicate(
    client: Client, kb_id: str, document_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "again.md"
    path.write_bytes(TEXT)

    again = client.upload_directly(kb_id, path)
    status = client.wait([again])[again]

    assert (status["status"], status["error"]["code"]) == ("failed", "duplicate")


@pytest.fixture(scope="module")
def corrupt_id(client: Client, kb_id: str) -> str:
    """A document that cannot be read, once it has failed."""
    document_id = client.upload(kb_id, "scan.pdf", b"%PDF-1.4\nnothing here")
    client.wait([document_id])
    return document_id


def test_the_reason_of_a_failure_is_in_the_language_of_the_caller(client: Client, corrupt_id: str) -> None:
    chinese = client.status(corrupt_id)
    english = client.call(
        "GET", f"/api/v1/knowledge/documents/{corrupt_id}/status", headers={"accept-language": "en"}
    ).json()

    assert (chinese["status"], chinese["error"]["code"]) == ("failed", "corrupt")
    assert not chinese["error"]["message"].isascii()
    assert english["error"]["message"].isascii()


def test_a_failed_document_can_be_retried(client: Client, corrupt_id: str) -> None:
    response = client.call("POST", f"/api/v1/knowledge/documents/{corrupt_id}/retry")

    assert response.status_code == 202
    assert client.wait([corrupt_id])[corrupt_id]["status"] == "failed"


def test_documents_that_have_not_failed_cannot_be_retried(client: Client, document_id: str) -> None:
    response = client.call("POST", f"/api/v1/knowledge/documents/{document_id}/retry")

    assert (response.status_code, response.json()["code"]) == (409, "DOCUMENT_NOT_RETRYABLE")


def test_a_base_retries_its_documents_that_failed_for_a_passing_reason(client: Client, product: Product) -> None:
    kb_id = client.create_base("retried")
    documents = [client.upload(kb_id, f"{n}.txt", f"Gate {n} opens at {n}.".encode()) for n in (3, 4)]
    client.wait(documents)
    with psycopg.connect(product.dsn) as admin:  # as if the embedding provider had been down
        admin.execute(
            "UPDATE document SET status = 'failed', stage = 'embedding', error_code = 'upstream_unavailable' "
            "WHERE kb_id = %s",
            (kb_id.removeprefix("kb-"),),
        )

    retried = client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/retry")

    assert retried["documents"] == 2
    assert {status["status"] for status in client.wait(documents).values()} == {"indexed"}
    assert "4" in client.ask(kb_id, "When does gate 4 open?")["answer"]


def chunks(client: Client, document_id: str) -> dict[str, Any]:
    return client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks")


def test_reindexing_a_document_makes_the_same_chunks(client: Client, document_id: str) -> None:
    before = chunks(client, document_id)

    client.json("POST", f"/api/v1/knowledge/documents/{document_id}/reindex")
    client.wait([document_id])

    assert chunks(client, document_id) == before


def test_reindexing_a_base_makes_the_same_chunks(client: Client, kb_id: str, document_id: str) -> None:
    before = chunks(client, document_id)

    reindexed = client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/reindex")
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    client.wait(document["id"] for document in documents)

    assert reindexed["documents"] >= 1
    assert chunks(client, document_id) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"filename": "film.mp4", "size_bytes": 9}, "UNSUPPORTED_TYPE"),
        ({"filename": "a.txt", "size_bytes": 0}, "EMPTY_FILE"),
        ({"filename": "a.txt"}, "VALIDATION_ERROR"),
    ],
)
def test_what_cannot_be_read_is_refused_before_it_is_sent(
    client: Client, kb_id: str, body: dict[str, Any], code: str
) -> None:
    response = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents/direct", json=body)

    assert (response.status_code, response.json()["code"]) == (422, code)


def test_a_file_opens_by_its_own_kind_of_link_or_for_a_caller_who_sees_it(client: Client, document_id: str) -> None:
    access_token = client.http.headers["authorization"].removeprefix("Bearer ")
    path = f"/api/v1/knowledge/documents/{document_id}/file"

    as_link = client.call("GET", path, params={"token": access_token})
    as_caller, as_nobody = client.call("GET", path), client.call("GET", path, headers={"authorization": ""})
    as_stranger = Client(str(client.http.base_url)).call("GET", path)

    assert (as_link.status_code, as_nobody.status_code, as_stranger.status_code) == (401, 401, 404)
    assert client.open_link(as_caller.headers["location"]).content == TEXT


def test_deleting_a_base_removes_everything_in_it(client: Client) -> None:
    kb_id = client.create_base("going")
    document_id = client.upload(kb_id, "a.md", TEXT)
    client.wait([document_id])

    deleted = client.call("DELETE", f"/api/v1/knowledge/bases/{kb_id}")

    assert deleted.status_code == 204
    assert client.call("GET", f"/api/v1/knowledge/bases/{kb_id}").status_code == 404
    assert client.call("GET", f"/api/v1/knowledge/documents/{document_id}").status_code == 404
    assert client.call("POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": "门禁"}).status_code == 404
    assert client.create_base("going") != kb_id
