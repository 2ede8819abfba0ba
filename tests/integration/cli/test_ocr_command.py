"""``voicehelper ocr``: what is printed, and how a file is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Command
from tests.integration.cli.service import Service, problem

PATH = "POST /multimodal/process"
TASK = "GET /multimodal/tasks/task-1"
RESULT = {
    "text": "发票号码 42",
    "tables": [{"table_id": "table_1", "rows": [["Item", "Amount"], ["Towel", "9.50"]]}],
    "confidence": 0.99,
    "fields": {"number": "42", "lines": []},
}


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "invoice.png"
    path.write_bytes(b"picture")
    return str(path)


def test_text_tables_and_fields_are_printed(signed_in: Command, service: Service, picture: str) -> None:
    service.forced[PATH] = (200, RESULT)

    result = signed_in("ocr", picture, "--language", "en")

    assert result.returncode == 0
    assert all(part in result.stdout for part in ("发票号码 42", "Towel", "9.50", "number: 42"))
    [body] = service.posted("/multimodal/process")
    assert b"picture" in body
    assert b'name="language"\r\n\r\nen' in body


def test_json_is_the_services_own(signed_in: Command, service: Service, picture: str) -> None:
    service.forced[PATH] = (200, RESULT)

    assert json.loads(signed_in("--json", "ocr", picture).stdout) == RESULT


def test_a_file_that_takes_longer_is_waited_for(signed_in: Command, service: Service, picture: str) -> None:
    service.forced[PATH] = (202, {"task_id": "task-1", "status": "processing", "status_url": "/tasks/task-1"})
    service.forced[TASK] = (200, {"task_id": "task-1", "status": "completed", "result": RESULT})

    assert "发票号码 42" in signed_in("ocr", picture).stdout


def test_what_cannot_be_read_says_why(signed_in: Command, service: Service, picture: str) -> None:
    service.forced[PATH] = (202, {"task_id": "task-1", "status": "processing", "status_url": "/tasks/task-1"})
    error = problem("PICTURE_ANIMATED", "Animated pictures are not read")
    service.forced[TASK] = (200, {"task_id": "task-1", "status": "failed", "error": error})

    result = signed_in("ocr", picture)

    assert (result.returncode, result.stdout) == (1, "")
    assert "Animated" in result.stderr


def test_a_file_that_is_not_there_is_not_found(signed_in: Command, service: Service) -> None:
    assert signed_in("ocr", "missing.png").returncode == 4
