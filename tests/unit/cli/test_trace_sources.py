"""Traces are found by whatever id an answer shows, on this machine and on AWS alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from voicehelper_cli.trace_sources import kept_traces, wanted_id, xray_traces

ONE, TWO = "1-5759e988-bd862e3fe1be46a994272793", "1-5759e989-bd862e3fe1be46a994272793"
DOCUMENT = "018f3a5c-0000-7000-8000-000000000001"


def line(trace_id: str, segment_id: str, **annotations: str) -> str:
    segment = {"name": "x", "id": segment_id, "trace_id": trace_id, "start_time": 1, "end_time": 2}
    return json.dumps({**segment, "annotations": annotations})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "previous.jsonl").write_text(line(ONE, "a") + "\n" + line(TWO, "b", base=DOCUMENT) + "\n", "utf-8")
    written = [line(ONE, "c", request_id="abc=", document=DOCUMENT), "{", "[]", line(TWO, "d", request_id="other")]
    (tmp_path / "current.jsonl").write_text("\n".join(written) + "\n" + line(ONE, "e")[:30], "utf-8")
    return tmp_path


@pytest.mark.parametrize("wanted", [ONE, "abc=", DOCUMENT])
def test_a_trace_is_found_whole_by_each_of_its_ids(folder: Path, wanted: str) -> None:
    found = kept_traces(folder, wanted)

    assert {trace_id: [segment["id"] for segment in parts] for trace_id, parts in found.items()} == {ONE: ["a", "c"]}


def test_an_unknown_id_finds_nothing(folder: Path) -> None:
    assert kept_traces(folder, "abc") == {}


def test_where_nothing_ran_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        kept_traces(tmp_path, ONE)


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (f"Root={ONE};Sampled=1", ONE),
        (f" {ONE}\n", ONE),
        (f"doc-{DOCUMENT}", DOCUMENT),
        (f"task-{DOCUMENT}", DOCUMENT),
        ("JKJaXmPLvHcESHA=", "JKJaXmPLvHcESHA="),
        ('x" OR annotation.tenant = "y', ""),
        ("", ""),
        ("x" * 200, ""),
    ],
)
def test_what_an_answer_shows_is_an_id(shown: str, wanted: str) -> None:
    assert wanted_id(shown) == wanted


class XRay:
    """What boto3's client is asked, and what X-Ray answers with."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> Any:
        client = self

        class Pages:
            def paginate(self, **question: Any) -> list[dict[str, Any]]:
                client.asked.append(question)
                if operation == "get_trace_summaries":
                    return [{"TraceSummaries": [{"Id": ONE}] if len(client.asked) == 1 else []}]
                segment = {"Id": "c", "Document": line(ONE, "c")}
                return [{"Traces": [{"Id": trace_id, "Segments": [segment]} for trace_id in question["TraceIds"]]}]

        return Pages()


def test_a_named_trace_is_fetched_from_aws_without_a_search() -> None:
    client = XRay()

    assert [segment["id"] for segment in xray_traces(client, TWO, hours=24)[TWO]] == ["c"]
    assert client.asked == [{"TraceIds": [TWO]}]


def test_a_request_is_searched_in_windows_that_aws_takes() -> None:
    client, now = XRay(), datetime(2026, 11, 27, tzinfo=UTC)

    assert list(xray_traces(client, "abc=", hours=12, now=now)) == [ONE]
    searches = client.asked[:-1]
    assert [(question["StartTime"], question["EndTime"]) for question in searches] == [
        (now - timedelta(hours=6), now),
        (now - timedelta(hours=12), now - timedelta(hours=6)),
    ]
    assert 'annotation.request_id = "abc="' in searches[0]["FilterExpression"]
