"""The quality of the embedding model through the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.client import Client

PATH = "/api/v1/embeddings/analysis"
TEXTS = ["发票须在三十天内提交", "报销单据一个月内交齐", "The lift is out of order", "电梯停止运行"]


def test_related_texts_are_nearer_than_others(client: Client) -> None:
    result = client.json("POST", PATH, json={"texts": TEXTS, "groups": ["expenses", "expenses", "lift", "lift"]})

    assert result["margin"]["margin"] > 0
    assert result["norms"] == pytest.approx([1.0] * 4, abs=1e-3)
    assert [row[n] for n, row in enumerate(result["similarity"])] == pytest.approx([1.0] * 4, abs=1e-3)
    assert len(result["per_dimension"]["deviation"]) == result["dimensions"]


@pytest.mark.parametrize(
    "body", [{"texts": ["one"]}, {"texts": ["a"] * 51}, {"texts": ["a", " "]}, {"texts": ["a", "b"], "groups": ["x"]}]
)
def test_too_few_or_too_many_texts_are_refused(client: Client, body: dict[str, Any]) -> None:
    assert client.call("POST", PATH, json=body).status_code == 422
