"""Where traces are kept: ``kept_traces`` reads the local stack's, ``xray_traces`` AWS X-Ray's.

Both find them by the id of a trace, a request, a document or a task, as answers and errors show them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

Traces = dict[str, list[dict[str, Any]]]  # segments by the trace's id

FILES: Final = ("previous.jsonl", "current.jsonl")
_TRACE_ID: Final = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")
_PREFIX: Final = re.compile(r"^(?:doc|task|kb)-(?=[0-9a-fA-F]{8}-)")
_MARKS: Final = ("request_id", "document", "task")
_WINDOW: Final = timedelta(hours=6)  # the most that one search of X-Ray covers
_AT_ONCE: Final = 5  # traces of one call: https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html


def wanted_id(text: str) -> str:
    """The id in what an answer showed: a trace's in its header, a document's without prefix. Empty if there is none."""
    if trace := _TRACE_ID.search(text):
        return trace[0]
    plain = _PREFIX.sub("", text.strip())
    return plain if re.fullmatch(r"[\w.=+/-]{1,100}", plain, re.ASCII) else ""


def kept_traces(folder: Path, wanted: str) -> Traces:
    """Of the state folder of `make run`. FileNotFoundError where none has run."""
    if not (folder / FILES[-1]).exists():
        raise FileNotFoundError(folder)
    ids = {segment["trace_id"] for segment in _lines_with(folder, {wanted}) if _is_about(segment, wanted)}
    traces: Traces = defaultdict(list)
    for segment in _lines_with(folder, ids):
        if segment["trace_id"] in ids:
            traces[segment["trace_id"]].append(segment)
    return dict(traces)


def _is_about(segment: dict[str, Any], wanted: str) -> bool:
    marks = segment.get("annotations") or {}
    return wanted == segment["trace_id"] or wanted in [marks.get(name) for name in _MARKS]


def _lines_with(folder: Path, words: set[str]) -> Iterator[dict[str, Any]]:
    """The segments that hold one of the words; a line that is being written is left out."""
    for name in FILES:
        path = folder / name
        if path.exists():
            for line in path.read_text("utf-8", errors="replace").splitlines():
                if any(word in line for word in words) and (segment := _segment(line)):
                    yield segment


def _segment(line: str) -> dict[str, Any] | None:
    try:
        segment = json.loads(line)
    except ValueError:
        return None
    return segment if isinstance(segment, dict) and {"trace_id", "id", "name", "start_time"} <= segment.keys() else None


def xray_traces(client: Any, wanted: str, *, hours: int, now: datetime | None = None) -> Traces:
    """Of the last ``hours``, unless a trace is named, which X-Ray keeps for 30 days."""
    ids = [wanted] if _TRACE_ID.fullmatch(wanted) else list(_found_ids(client, wanted, hours, now or datetime.now(UTC)))
    traces: Traces = {}
    for start in range(0, len(ids), _AT_ONCE):
        pages = client.get_paginator("batch_get_traces").paginate(TraceIds=ids[start : start + _AT_ONCE])
        for trace in (trace for page in pages for trace in page["Traces"]):
            traces[trace["Id"]] = [json.loads(segment["Document"]) for segment in trace["Segments"]]
    return traces


def _found_ids(client: Any, wanted: str, hours: int, now: datetime) -> Iterator[str]:
    search = " OR ".join(f'annotation.{mark} = "{wanted}"' for mark in _MARKS)
    pages = client.get_paginator("get_trace_summaries")
    for back in range(0, hours, int(_WINDOW.total_seconds() // 3600)):
        end = now - timedelta(hours=back)
        for page in pages.paginate(StartTime=end - _WINDOW, EndTime=end, FilterExpression=search):
            yield from (summary["Id"] for summary in page["TraceSummaries"])
