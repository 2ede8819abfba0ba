"""PATCH /api/v1/conversations/{conversation_id}"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

PATH = "/api/v1/conversations"


@pytest.fixture(scope="module")
def conversation(client: Client) -> dict[str, Any]:
    return client.json("POST", PATH, json={"title": "before"})


def test_a_conversation_gets_another_title(client: Client, conversation: dict[str, Any]) -> None:
    changed = client.json("PATCH", f"{PATH}/{conversation['id']}", json={"title": " 年假 "})

    assert changed["title"] == "年假"
    assert changed == client.json("GET", f"{PATH}/{conversation['id']}")
    assert client.json("PATCH", f"{PATH}/{conversation['id']}", json={}) == changed


@pytest.mark.parametrize("body", [{"title": " "}, {"title": None}, {"title": "x" * 201}, {"kb_id": "kb-1"}])
def test_other_fields_and_bad_titles_are_refused(
    client: Client, conversation: dict[str, Any], body: dict[str, Any]
) -> None:
    assert client.call("PATCH", f"{PATH}/{conversation['id']}", json=body).status_code == 422


def test_an_unknown_conversation_is_not_found(client: Client) -> None:
    response = client.call("PATCH", f"{PATH}/conv-01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f", json={"title": "x"})

    assert (response.status_code, response.json()["code"]) == (404, "CONVERSATION_NOT_FOUND")
