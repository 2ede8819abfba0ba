"""Broken, hostile and enormous files: each ends with its own reason, and none disturbs another.

Set VOICEHELPER_DATA to the evaluation data; without it this test skips.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Client


@pytest.mark.timeout(300)
def test_hostile_files_fail_with_their_reason_and_disturb_no_other(
    client: Client, benchmark_data: Path, hostile_files: dict[str, Path]
) -> None:
    kb_id = client.create_base("hostile")
    expected: dict[str, dict[str, Any]] = {}
    refused = {}
    lines = (benchmark_data / "documents" / "bad" / "bad.jsonl").read_text("utf-8").splitlines()
    for item in map(json.loads, lines):
        path = hostile_files[item["file"]]
        if path.stat().st_size > 4_000_000:
            expected[client.upload_directly(kb_id, path)] = item
            continue
        files = {"file": (item["upload_name"], path.read_bytes())}
        response = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", files=files)
        if response.status_code == 202:
            expected[response.json()["document_id"]] = item
        else:
            refused[item["file"]] = (response.status_code, response.json()["code"])
    ended = client.wait(expected, limit_s=240)

    unsupported = {file for file, (_, code) in refused.items() if code == "UNSUPPORTED_TYPE"}

    assert {"zero.pdf", "n3.pdf", "n4.pdf", "n8.pdf"} >= set(refused) - unsupported
    assert unsupported <= {item["file"] for item in map(json.loads, lines) if item["reason"] == "unsupported_type"}
    assert all(status == 422 for status, _ in refused.values())
    wrong = [
        f"{item['file']}: {ended[document_id]} instead of {item['expected']} {item['reason']}"
        for document_id, item in expected.items()
        if not _as_expected(client, document_id, ended[document_id], item)
    ]

    assert wrong == []


def _as_expected(client: Client, document_id: str, status: dict[str, Any], item: dict[str, Any]) -> bool:
    if item["expected"] == "failed":
        return bool(status["status"] == "failed" and status["error"]["code"] == item["reason"])
    if item["expected"] == "indexed_with_warning":
        document = client.json("GET", f"/api/v1/knowledge/documents/{document_id}")
        return status["status"] == "indexed" and item["reason"] in [w["code"] for w in document["warnings"]]
    return bool(status["status"] == "indexed")
