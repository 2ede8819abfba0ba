"""Segment documents: what travels, what may stand in one, and who keeps a trace."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from typing import Any
from uuid import UUID, uuid4

import pytest
from voicehelper.observability import segments, traces
from voicehelper.observability.segments import TraceHeader, parse_header

from tests.support.segments import PARENT, ROOT, Taken, header_of, taken

__all__ = ["taken"]


@pytest.mark.parametrize(
    "text",
    [header_of(), f"Self=1;{header_of()};Lineage=1:a:0", f" Sampled=1;Parent={PARENT};Root={ROOT} "],
    ids=["plain", "with other fields", "in another order"],
)
def test_a_header_is_read_whatever_else_stands_in_it(text: str) -> None:
    assert parse_header(text) == TraceHeader(ROOT, PARENT, is_sampled=True)


@pytest.mark.parametrize(
    "text",
    ["", "Root=", f"Root={ROOT}", f"Root={ROOT};Parent={PARENT}", header_of(ROOT.upper()), header_of(parent="1"),
     header_of(sampled=2), ";" * 1000, "=;=", header_of().replace("Root=", "root=")],
)  # fmt: skip
def test_what_is_no_header_with_a_decision_is_none(text: str) -> None:
    assert parse_header(text) is None


def test_a_header_is_written_as_it_is_read() -> None:
    assert str(parse_header(header_of(sampled=0))) == header_of(sampled=0)


def test_new_ids_have_the_form_of_xray() -> None:
    assert parse_header(str(TraceHeader(segments.new_root(), segments.new_id(), is_sampled=True)))


def test_every_process_keeps_the_same_share_of_the_traces() -> None:
    roots = [segments.new_root() for _ in range(2_000)]
    kept = {root for root in roots if segments.is_kept(root, 0.3)}

    assert kept == {root for root in roots if segments.is_kept(root, 0.3)}
    assert kept <= {root for root in roots if segments.is_kept(root, 0.5)}
    assert 450 < len(kept) < 750
    assert all(segments.is_kept(root, 1) for root in roots)
    assert not any(segments.is_kept(root, 0) for root in roots)


def test_a_tenant_cannot_be_read_and_is_the_same_in_every_trace() -> None:
    tenant = uuid4()

    assert segments.hashed(tenant) == segments.hashed(str(tenant)) != segments.hashed(uuid4())
    assert not any(part in segments.hashed(tenant) for part in str(tenant).split("-"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, 3),
        (True, True),
        (0.25, 0.25),
        (float("nan"), None),
        (UUID(int=7), str(UUID(int=7))),
        ("qwen/Qwen2.5-7B", "qwen/Qwen2.5-7B"),
        ("What does the contract say?", None),
        ("合同", None),
        ("a" * 101, None),
        ("one\ntwo", None),
        ({"text": "x"}, None),
        (None, None),
    ],
)
def test_only_numbers_ids_and_names_stand_in_a_trace(value: object, shown: object) -> None:
    assert segments.plain(value) == shown


def test_a_name_keeps_the_characters_that_xray_takes() -> None:
    header = TraceHeader(ROOT, PARENT, is_sampled=True)

    segment = segments.document("GET /bases/{kb_id}\t" + "x" * 300, header, "a" * 16, 1.0, 2.0)

    assert segment["name"].startswith("GET /bases/kb_id")
    assert len(segment["name"]) == 200


def test_a_segment_in_progress_has_no_end() -> None:
    segment = segments.document("work", TraceHeader(ROOT, "", is_sampled=True), "a" * 16, 1.0, None)

    assert segment == {"name": "work", "id": "a" * 16, "trace_id": ROOT, "start_time": 1.0, "in_progress": True}


def test_a_datagram_is_what_the_daemon_takes(taken: Taken) -> None:
    segments.send({"name": "work"})

    assert taken.datagrams() == [b'{"format":"json","version":1}\n{"name":"work"}']


def test_a_segment_too_large_for_a_datagram_is_left_out(taken: Taken) -> None:
    segments.send({"name": "x" * 60_000})
    segments.send({"name": "next"})

    assert [segment["name"] for segment in taken.segments()] == ["next"]


@pytest.mark.parametrize("address", ["", "nowhere", "127.0.0.1:", "tcp:127.0.0.1:2000", "127.0.0.1:1", "::1"])
def test_without_a_daemon_nothing_fails(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(segments.DAEMON_VARIABLE, address)

    segments.send({"name": "work"})


def test_the_address_of_udp_is_taken_where_there_are_two(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    port = os.environ[segments.DAEMON_VARIABLE].rpartition(":")[2]
    monkeypatch.setenv(segments.DAEMON_VARIABLE, f"tcp:127.0.0.1:1 udp:127.0.0.1:{port}")

    segments.send({"name": "work"})

    assert len(taken.datagrams()) == 1


def test_spans_cost_no_cold_start_a_package() -> None:
    program = "import sys, json; import voicehelper.observability.traces; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}

    assert not loaded & {"aws_xray_sdk", "aws_lambda_powertools", "botocore", "wrapt", "pydantic"}


def test_the_form_is_that_of_awss_own_sdk(taken: Taken) -> None:
    """The reference, which functions do not import; its time is that of one test."""
    recorder: Any = importlib.import_module("aws_xray_sdk.core.recorder").AWSXRayRecorder()
    recorder.configure(
        sampling=False, daemon_address=os.environ[segments.DAEMON_VARIABLE], context_missing="IGNORE_ERROR"
    )
    with recorder.in_segment("function", traceid=ROOT, parent_id=PARENT), recorder.in_subsegment("work") as part:
        part.put_annotation("document", "d")
        part.put_metadata("pages", 1, "voicehelper")
    with traces.traced("work", document="d"):
        traces.note(pages=1)

    reference, own = taken.segments()
    [theirs] = reference["subsegments"]
    assert own.keys() <= theirs.keys()
    assert theirs.keys() - own.keys() <= {"in_progress", "namespace"}
    assert own["metadata"] == theirs["metadata"]
    assert {type(own[name]) for name in ("start_time", "end_time")} == {float}
    assert (own["trace_id"], own["parent_id"]) == (reference["trace_id"], reference["parent_id"])
