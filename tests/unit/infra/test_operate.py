"""What an operator's commands print."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.dead_letters import DeadLetter
from infra.operate import table

UPLOAD = json.dumps({"Records": [{"s3": {"object": {"key": "documents/t/b/d/1/source"}}}]})
INPUT = json.dumps({"document_id": "d-1", "attempt": 2})


@pytest.mark.parametrize(
    ("body", "about"),
    [
        (UPLOAD, "upload documents/t/b/d/1/source"),
        (json.dumps({"kb_id": "b-1", "tenant_id": "t-1"}), "restart kb_id=b-1 tenant_id=t-1"),
        (json.dumps({"requestPayload": {"detail": {"input": INPUT, "status": "FAILED"}}}), "execution document_id=d-1"),
        (json.dumps({"kind": "purge", "kb_id": "b-1"}), "purge kb_id=b-1"),
        ("no json", "not understood"), ("[1]", "not understood"), ("null", "not understood"),
    ],
)  # fmt: skip
def test_a_dead_letter_is_one_line(body: str, about: str) -> None:
    assert DeadLetter("id", "kept", "", body, "").about == about


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([], ["nothing"]),
        ([{"a": 1, "name": "x"}, {"a": 200, "name": None}], ["a    name", "1    x", "200  None"]),
    ],
)
def test_rows_are_a_table(rows: list[dict[str, Any]], lines: list[str]) -> None:
    assert table(rows) == lines
