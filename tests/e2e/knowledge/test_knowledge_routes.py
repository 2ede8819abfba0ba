"""Knowledge bases and documents through the gateway."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.conftest import Product
from tests.support.client import Client

TEXT = "# 门禁\n\n访客须在前台登记后领取临时门禁卡，有效期为当日 18:00。\n".encode()


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base("routes")


@pytest.fixture(scope="module")
def document_id(client: Client, kb_id: str) -> str:
    document_id = client.upload(kb_id, "门禁.md", TEXT, {"department": "行政"})
    client.wait([document_id])
    return document_id


def test_a_base_is_shown_in_the_contract_s_shape(client: Client) -> None:
    base = client.json("POST", "/api/v1/knowledge/bases", json={"name": "shape", "display_name": "x"})

    assert set(base) == {"id", "name", "status"}
    assert base["status"] == "active"


@pytest.mark.parametrize("name", ["Upper", "", "with space", "名称", "a" * 65])
def test_a_base_s_name_is_checked(client: Client, name: str) -> None:
    response = client.call("POST", "/api/v1/knowledge/bases", json={"name": name})

    assert response.status_code == 422
    assert response.json()["details"]["fields"][0]["field"] == "name"


def test_a_name_is_taken_once_per_tenant(client: Client, kb_id: str) -> None:
    response = client.call("POST", "/api/v1/knowledge/bases", json={"name": "routes"})

    assert (response.status_code, response.json()["code"]) == (409, "KNOWLEDGE_BASE_NAME_TAKEN")


def test_bases_and_documents_are_listed_in_pages(client: Client, kb_id: str, document_id: str) -> None:
    bases = client.json("GET", "/api/v1/knowledge/bases", params={"page_size": 1})
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")

    assert set(bases) == {"items", "total", "page", "page_size", "has_next"}
    assert bases["has_next"] == (bases["total"] > 1)
    assert [item["id"] for item in documents["items"]] == [document_id]
    assert documents["items"][0]["coverage"] == {
        "pages_total": 1,
        "pages_with_text": 1,
        "characters": pytest.approx(40, abs=20),
    }
    assert client.json("GET", f"/api/v1/knowledge/bases/{kb_id}")["document_count"] == 1


def test_a_document_is_shown_with_its_metadata(client: Client, kb_id: str, document_id: str) -> None:
    document = client.json("GET", f"/api/v1/knowledge/documents/{document_id}")

    assert (document["id"], document["knowledge_base_id"], document["filename"]) == (document_id, kb_id, "门禁.md")
    assert (document["status"], document["warnings"], document["error"]) == ("indexed", [], None)
    assert document["metadata"] == {"department": "行政"}


def test_chunks_carry_their_heading(client: Client, document_id: str) -> None:
    page = client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks")

    assert page["total"] == 1
    assert "门禁" in page["items"][0]["title"]
    assert "临时门禁卡" in page["items"][0]["content"]


def test_malformed_metadata_is_refused(client: Client, kb_id: str) -> None:
    for metadata in ("{", "[]", '"text"', "NaN", '{"a": NaN}'):
        response = client.call(
            "POST",
            f"/api/v1/knowledge/bases/{kb_id}/documents",
            files={"file": ("a.txt", b"text")},
            data={"metadata": metadata},
        )
        assert response.status_code == 422, metadata


@pytest.mark.parametrize(
    ("request_parts", "status", "code"),
    [
        ({"content": b"text", "headers": {"content-type": "text/plain"}}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"files": {"file": ("empty.txt", b"")}}, 422, "EMPTY_FILE"),
        ({"files": {"other": ("a.txt", b"x")}}, 422, "VALIDATION_ERROR"),
        ({"files": {"file": ("a.txt", b"x" * 4_600_000)}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"json": {"filename": "a.txt", "size_bytes": -1}}, 422, "VALIDATION_ERROR"),
        ({"json": {"filename": "a.txt", "size_bytes": 600_000_000}}, 413, "PAYLOAD_TOO_LARGE"),
        ({"json": ["not", "an", "object"]}, 422, "VALIDATION_ERROR"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "VALIDATION_ERROR"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 422, "VALIDATION_ERROR"),
    ],
)
def test_an_upload_that_cannot_be_taken_says_why(
    client: Client, kb_id: str, request_parts: dict[str, Any], status: int, code: str
) -> None:
    response = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", **request_parts)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_large_file_goes_to_storage_directly_and_is_indexed_the_same(
    client: Client, kb_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "large.txt"
    path.write_text("The reactor hall opens at seven.\n" + "x" * 100 + "\n", "utf-8")

    document_id = client.upload_directly(kb_id, path)

    assert client.wait([document_id])[document_id]["status"] == "indexed"
    assert "seven" in client.ask(kb_id, "When does the reactor hall open?")["answer"]


def test_the_same_bytes_sent_directly_end_as_a_duplicate(
    client: Client, kb_id: str, document_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "again.md"
    path.write_bytes(TEXT)

    again = client.upload_directly(kb_id, path)
    ended = client.wait([again])[again]

    assert (ended["status"], ended["error"]["code"]) == ("failed", "duplicate")


def test_a_failed_document_tells_why_in_the_caller_s_language_and_can_be_retried(client: Client, kb_id: str) -> None:
    document_id = client.upload(kb_id, "scan.pdf", b"%PDF-1.4\nnothing here")
    ended = client.wait([document_id])[document_id]
    english = client.call(
        "GET", f"/api/v1/knowledge/documents/{document_id}/status", headers={"accept-language": "en"}
    ).json()

    assert ended["status"] == "failed"
    assert ended["error"]["code"] == "corrupt"
    assert english["error"]["message"].isascii()
    assert not ended["error"]["message"].isascii()
    assert client.call("POST", f"/api/v1/knowledge/documents/{document_id}/retry").status_code == 202
    assert client.wait([document_id])[document_id]["status"] == "failed"


def test_only_a_failed_document_is_retried(client: Client, document_id: str) -> None:
    response = client.call("POST", f"/api/v1/knowledge/documents/{document_id}/retry")

    assert (response.status_code, response.json()["code"]) == (409, "DOCUMENT_NOT_RETRYABLE")


def test_documents_that_failed_for_a_passing_reason_are_retried_together(client: Client, product: Product) -> None:
    kb_id = client.create_base("retried")
    documents = [client.upload(kb_id, f"{n}.txt", f"Gate {n} opens at {n}.".encode()) for n in (3, 4)]
    client.wait(documents)
    with psycopg.connect(product.dsn) as admin:  # as if the provider of the vectors had been away
        admin.execute(
            "UPDATE document SET status = 'failed', stage = 'embedding', error_code = 'upstream_unavailable' "
            "WHERE kb_id = %s",
            (kb_id.removeprefix("kb-"),),
        )

    assert client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/retry")["documents"] == 2

    assert {status["status"] for status in client.wait(documents).values()} == {"indexed"}
    assert "4" in client.ask(kb_id, "When does gate 4 open?")["answer"]


def test_reindexing_gives_the_same_chunks(client: Client, kb_id: str, document_id: str) -> None:
    def chunks() -> str:
        return json.dumps(client.json("GET", f"/api/v1/knowledge/documents/{document_id}/chunks"), sort_keys=True)

    before = chunks()
    client.json("POST", f"/api/v1/knowledge/documents/{document_id}/reindex")
    client.wait([document_id])
    assert chunks() == before
    answer = client.json("POST", f"/api/v1/knowledge/bases/{kb_id}/reindex")
    assert answer["documents"] >= 1
    documents = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    client.wait(document["id"] for document in documents)
    assert chunks() == before


def test_a_link_without_a_token_of_its_own_kind_opens_nothing(client: Client, document_id: str) -> None:
    access_token = client.http.headers["authorization"].removeprefix("Bearer ")
    path = f"/api/v1/knowledge/documents/{document_id}/file"

    assert client.call("GET", path, params={"token": access_token}).status_code == 401
    assert client.call("GET", path).status_code == 422


def test_a_deleted_base_is_gone_with_everything_in_it(client: Client) -> None:
    kb_id = client.create_base("going")
    document_id = client.upload(kb_id, "a.md", TEXT)
    client.wait([document_id])

    assert client.call("DELETE", f"/api/v1/knowledge/bases/{kb_id}").status_code == 204

    assert client.call("GET", f"/api/v1/knowledge/bases/{kb_id}").status_code == 404
    assert client.call("GET", f"/api/v1/knowledge/documents/{document_id}").status_code == 404
    assert client.call("POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": "门禁"}).status_code == 404
    assert client.create_base("going") != kb_id
