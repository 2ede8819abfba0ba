"""A file uploaded again under its name, through the whole product."""

from __future__ import annotations

import pytest

from tests.support.client import Client

NAME = "Parking fees.md"
OTHER = b"# Canteen\n\nThe canteen opens at 11:30 and closes at 14:00.\n"
QUESTION = "What does the parking permit cost per month?"


def fees(euros: int) -> bytes:
    return f"# Parking fees\n\nThe parking permit costs {euros} euros per month.\n".encode()


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    kb_id = client.create_base("versions")
    client.wait([client.upload(kb_id, "Canteen.md", OTHER)])
    return kb_id


@pytest.fixture(scope="module")
def versions(client: Client, kb_id: str) -> list[str]:
    uploads = []
    for euros in (25, 40):
        uploads.append(client.upload(kb_id, NAME, fees(euros)))
        client.wait(uploads[-1:])
    return uploads


def names_and_versions(client: Client, kb_id: str) -> list[tuple[str, int]]:
    listed = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}/documents")["items"]
    return [(item["filename"], item["version"]) for item in listed]


def test_the_newest_version_alone_answers_is_listed_and_counted(
    client: Client, kb_id: str, versions: list[str]
) -> None:
    answer = client.ask(kb_id, QUESTION)
    base = client.json("GET", f"/api/v1/knowledge/bases/{kb_id}")

    assert "40 euros" in answer["answer"]
    assert versions[0] not in {source["document_id"] for source in answer["sources"]}
    assert names_and_versions(client, kb_id) == [(NAME, 2), ("Canteen.md", 1)]
    assert (base["document_count"], base["chunk_count"]) == (2, 2)


def test_versions_are_listed_and_an_earlier_one_is_made_current_again(
    client: Client, kb_id: str, versions: list[str]
) -> None:
    page = client.json("GET", f"/api/v1/knowledge/documents/{versions[0]}/versions")
    assert [(item["id"], item["superseded_by"]) for item in page["items"]] == [
        (versions[1], None), (versions[0], versions[1]),
    ]  # fmt: skip
    assert client.status(versions[0])["superseded_by"] == versions[1]

    client.json("POST", f"/api/v1/knowledge/documents/{versions[0]}/restore")
    client.wait(versions)

    assert "25 euros" in client.ask(kb_id, QUESTION)["answer"]
    refusal = client.call("POST", f"/api/v1/knowledge/documents/{versions[0]}/restore")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "DOCUMENT_CURRENT")


def test_a_superseded_version_is_not_worked_on(client: Client, kb_id: str, versions: list[str]) -> None:
    superseded = client.upload(kb_id, "Tea.md", b"# Tea\n\nTea is free.\n")
    client.wait([superseded])
    client.wait([client.upload(kb_id, "Tea.md", b"# Tea\n\nTea costs 1 euro.\n")])

    refusal = client.call("POST", f"/api/v1/knowledge/documents/{superseded}/reindex")

    assert (refusal.status_code, refusal.json()["code"]) == (409, "DOCUMENT_SUPERSEDED")


def test_versions_uploaded_at_once_leave_the_last_one_answering(client: Client) -> None:
    kb_id = client.create_base("versions_at_once")

    client.wait([client.upload(kb_id, "Canteen.md", OTHER), *(client.upload(kb_id, NAME, fees(n)) for n in (5, 6, 7))])

    assert "7 euros" in client.ask(kb_id, QUESTION)["answer"]
    assert names_and_versions(client, kb_id) == [(NAME, 3), ("Canteen.md", 1)]


@pytest.mark.parametrize(("method", "action"), [("GET", "versions"), ("POST", "restore")])
def test_an_unknown_document_has_no_versions(client: Client, method: str, action: str) -> None:
    response = client.call(method, f"/api/v1/knowledge/documents/doc-nothing/{action}")

    assert (response.status_code, response.json()["code"]) == (404, "DOCUMENT_NOT_FOUND")
