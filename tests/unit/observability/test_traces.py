"""Spans: one tree for each invocation, and nothing in it that somebody wrote."""

from __future__ import annotations

import contextlib
import contextvars
import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from voicehelper.errors import NotFoundError, UpstreamUnavailableError
from voicehelper.observability import segments, traces
from voicehelper.observability.segments import HEADER_VARIABLE
from voicehelper.settings import settings

from tests.support.segments import OTHER, PARENT, ROOT, Taken, header_of, taken

__all__ = ["taken"]


@pytest.fixture
def _nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TRACE_RATE", "0")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_spans_hang_on_the_span_around_them(taken: Taken) -> None:
    with traces.traced("invocation"), traces.span("outer"), traces.span("inner"):
        traces.record_span("stage", 0.5)

    sent = taken.by_name()
    assert [sent[name]["parent_id"] for name in ("invocation", "outer", "inner", "stage")] == [
        PARENT,
        sent["invocation"]["id"],
        sent["outer"]["id"],
        sent["inner"]["id"],
    ]
    assert {segment["trace_id"] for segment in sent.values()} == {ROOT}
    assert sent["stage"]["end_time"] - sent["stage"]["start_time"] == pytest.approx(0.5)


def test_every_span_says_service_version_and_environment(taken: Taken) -> None:
    with traces.traced("invocation"), traces.span("part"):
        pass

    for segment in taken.segments():
        deployment = {"service": "voicehelper", "version": "0", "environment": "local"}
        assert deployment.items() <= segment["annotations"].items()


def test_a_stage_that_is_over_stands_where_it_began(taken: Taken) -> None:
    began = time.monotonic() - 10
    with traces.traced("invocation"):
        parent = traces.record_span("search", 2.0, began=began)
        traces.record_span("leg", 2.0, began=began, parent=parent)

    sent = taken.by_name()
    assert sent["invocation"]["start_time"] - sent["search"]["start_time"] == pytest.approx(10, abs=1)
    assert sent["leg"]["parent_id"] == sent["search"]["id"]


def test_what_is_noted_is_looked_up_or_shown(taken: Taken) -> None:
    document = uuid4()
    with traces.traced("invocation", request_id="abc"):
        traces.note(**traces.labels(tenant="t", document=f"doc-{document}", base="manuals"))
        traces.note(**{"document.pages": 7, "question": "What is it?"})

    [sent] = taken.segments()
    assert sent["annotations"]["document"] == str(document)
    assert sent["annotations"]["tenant"] == segments.hashed("t")
    assert sent["annotations"]["request_id"] == "abc"
    assert "base" not in sent["annotations"]
    assert sent["metadata"] == {"voicehelper": {"document.pages": 7}}


def test_a_span_that_fails_says_what_kind_of_error_and_not_its_message(taken: Taken) -> None:
    with contextlib.suppress(UpstreamUnavailableError), traces.traced("invocation"):
        with traces.span("missing"), contextlib.suppress(NotFoundError), traces.span("lookup"):
            raise NotFoundError("the file Payroll 2025.pdf")
        with traces.span("call"):
            raise UpstreamUnavailableError("the provider said: Payroll")

    sent = taken.by_name()
    assert sent["lookup"]["error"]
    assert sent["call"]["fault"]
    assert sent["invocation"]["fault"]
    assert sent["call"]["cause"]["exceptions"][0]["type"] == "UpstreamUnavailableError"
    assert "fault" not in sent["missing"]
    assert "Payroll" not in json.dumps(sent)


@pytest.mark.parametrize(
    ("status", "flags"),
    [(200, set()), (404, {"error"}), (429, {"error", "throttle"}), (503, {"fault"})],
)
def test_a_status_is_a_failure_of_the_caller_or_of_the_service(taken: Taken, status: int, flags: set[str]) -> None:
    with traces.traced("invocation"):
        traces.note_status(status)

    [sent] = taken.segments()
    assert sent["http"]["response"]["status"] == status
    assert {"error", "throttle", "fault"} & sent.keys() == flags


@pytest.mark.parametrize("header", [header_of(sampled=0), "", "Root=1-x"], ids=["not sampled", "none", "damaged"])
def test_without_a_sampled_trace_nothing_is_sent(taken: Taken, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setenv(HEADER_VARIABLE, header)

    with traces.traced("invocation"), traces.span("part"), traces.began("work", "key", 1.0):
        traces.record_span("stage", 1.0)
        traces.note(pages=1)
        traces.note_status(200)
        traces.ended("work", "key", 1.0)

    assert taken.datagrams() == []


@pytest.mark.usefixtures("_nothing_is_kept")
def test_a_trace_that_the_rate_leaves_out_is_handed_on_as_left_out(taken: Taken) -> None:
    with traces.traced("invocation"), traces.span("part"):
        handed_on, botocores = traces.current_header(), os.environ[HEADER_VARIABLE]

    assert handed_on == botocores == header_of(sampled=0)
    assert taken.datagrams() == []


def test_what_is_called_hangs_on_the_span_that_calls(taken: Taken) -> None:
    with traces.traced("invocation"):
        botocores = os.environ[HEADER_VARIABLE]
        with traces.span("call"):
            header, shown = traces.current_header(), traces.shown_header()

    sent = taken.by_name()
    assert header == header_of(parent=sent["call"]["id"])
    assert botocores == header_of(parent=sent["invocation"]["id"])
    assert shown == f"Root={ROOT};Sampled=1"
    assert os.environ[HEADER_VARIABLE] == header_of()


def test_outside_a_trace_there_is_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HEADER_VARIABLE, raising=False)

    with traces.traced("invocation"), traces.span("part"):
        assert traces.current_header() == traces.shown_header() == ""


def test_two_invocations_of_one_process_never_mix(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has left a thread behind, which still writes: it goes on in its own trace."""
    may_end = threading.Event()

    def late() -> None:
        may_end.wait(5)
        traces.record_span("late", 0.1)

    with contextlib.suppress(RuntimeError), traces.traced("first"):
        thread = threading.Thread(target=contextvars.copy_context().run, args=(late,))
        thread.start()
        raise RuntimeError
    monkeypatch.setenv(HEADER_VARIABLE, header_of(OTHER))
    with traces.traced("second"):
        may_end.set()
        thread.join()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(contextvars.copy_context().run, traces.record_span, "own", 0.1).result()
    traces.record_span("nobody's", 0.1)

    found = {segment["name"]: segment["trace_id"] for segment in taken.segments()}
    assert found == {"first": ROOT, "late": ROOT, "second": OTHER, "own": OTHER}


def test_a_repeated_trace_in_a_warm_process_hangs_on_the_new_invocation(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batches of a document are embedded by the same process, one after the other, in one trace."""
    for parent in ("a" * 16, "b" * 16):
        monkeypatch.setenv(HEADER_VARIABLE, header_of(parent=parent))
        with traces.traced("batch"):
            pass

    assert [segment["parent_id"] for segment in taken.segments()] == ["a" * 16, "b" * 16]


def test_a_message_is_handled_in_its_senders_trace(taken: Taken) -> None:
    with traces.traced("batch"):
        with traces.traced("message", header_of(OTHER)), traces.span("part"):
            pass
        with traces.traced("unsampled", header_of(OTHER, sampled=0)), traces.span("left out"):
            handed_on = traces.current_header()
        with traces.span("after"):
            pass

    sent = taken.by_name()
    assert {name: segment["trace_id"] for name, segment in sent.items()} == {
        "message": OTHER,
        "part": OTHER,
        "after": ROOT,
        "batch": ROOT,
    }
    assert "type" not in sent["message"], "a segment of its own, since its trace has none of this function"
    assert handed_on == header_of(OTHER, sampled=0)


def test_work_of_several_functions_is_one_span(taken: Taken) -> None:
    with traces.traced("start"), traces.began("process_document", "doc-1", 100.0, attempt=1):
        handed_on = segments.parse_header(traces.current_header())
    with traces.traced("finish"):
        traces.ended("process_document", "doc-1", 100.0, attempt=1)

    begun, _, finished, _ = taken.segments()
    assert handed_on
    assert handed_on.parent == begun["id"] == finished["id"]
    assert begun["in_progress"]
    assert (begun["start_time"], finished["start_time"]) == (100.0, 100.0)
    assert finished["end_time"] > finished["start_time"]
    assert "fault" not in finished


def test_work_begun_by_an_earlier_version_has_no_end(taken: Taken) -> None:
    with traces.traced("finish"):
        traces.ended("process_document", "doc-1", 0.0)

    assert [segment["name"] for segment in taken.segments()] == ["finish"]
