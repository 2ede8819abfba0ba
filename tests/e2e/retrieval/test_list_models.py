"""GET /api/v1/models"""

from __future__ import annotations

from tests.support.client import Client


def test_without_a_catalogue_the_built_in_models_are_listed(client: Client) -> None:
    answer = client.call("GET", "/api/v1/models")

    assert answer.is_success, answer.text
    assert answer.json()["built_in_reader"] is True
    assert [(item["role"], item["provider"]) for item in answer.json()["items"]] == [
        ("chat", "built-in"),
        ("embedding", "built-in"),
    ]


def test_models_are_listed_to_signed_in_users_only(client: Client) -> None:
    answer = client.call("GET", "/api/v1/models", headers={"authorization": ""})

    assert answer.status_code == 401
