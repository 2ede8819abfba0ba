"""Spans: what took how long in an invocation, as segments of X-Ray and, at level DEBUG, as log lines.

``span`` times a block, ``record_span`` takes a duration, ``note`` adds to the span around it. ``traced`` opens what an
entry point does in the caller's trace; ``began`` and ``ended`` are for work that several functions share. Nothing that
somebody wrote enters a trace: ``segments.plain`` lets numbers and ids through.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final

from voicehelper import errors
from voicehelper.observability import segments
from voicehelper.observability.logs import logger
from voicehelper.observability.segments import TraceHeader
from voicehelper.settings import settings

# What traces are looked up by; everything else that a span knows is only shown with it.
# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-annotations
_LABELS: Final = frozenset(("document", "base", "task", "tenant", "request_id"))
_IDS: Final = ("document", "base", "task")
_ID: Final = re.compile(r"(?:[a-z]{1,20}-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
# The caller's or the file's own failures, and work that became needless: no fault of the service.
_EXPECTED: Final = (
    errors.InvalidInputError,
    errors.UnauthenticatedError,
    errors.ForbiddenError,
    errors.NotFoundError,
    errors.ConflictError,
    errors.RejectedError,
)


class Span:
    """A part of a sampled trace that has begun. ``is_own``: a segment of its own, where another trace is continued."""

    __slots__ = ("_began", "began_at", "fields", "flags", "header", "id", "is_own", "name")

    def __init__(self, name: str, header: TraceHeader, fields: dict[str, Any], *, is_own: bool = False) -> None:
        self.name, self.header, self.fields, self.is_own = name, header, fields, is_own
        self.id, self.flags = segments.new_id(), dict[str, Any]()
        self.began_at, self._began = time.time(), time.monotonic()

    @property
    def inside(self) -> TraceHeader:
        """What its parts have for a header."""
        return TraceHeader(self.header.root, self.id, is_sampled=True)

    def fail(self, error: BaseException) -> None:
        self.flags = _flags_of(error)

    def end(self) -> None:
        ended_at = self.began_at + time.monotonic() - self._began
        segment = segments.document(self.name, self.header, self.id, self.began_at, ended_at)
        segments.send(segment | self.flags | _described(self.fields, is_own=self.is_own))


# None outside a trace; a header alone where the trace is not sampled, to be handed on as it is.
_current: ContextVar[Span | TraceHeader | None] = ContextVar("span", default=None)


@contextlib.contextmanager
def span(name: str, **fields: Any) -> Iterator[None]:
    """Time the block, also if it fails."""
    started = time.monotonic()
    try:
        with _opened(_child(name, fields)):
            yield
    finally:
        log_span(name, time.monotonic() - started, **fields)


def record_span(name: str, seconds: float, *, began: float | None = None, parent: str = "", **fields: Any) -> str:
    """A span that is over, inside the current one or the span with the id ``parent``; returns its id.

    ``began`` as ``time.monotonic`` counts; without it, it has ended just now.
    """
    log_span(name, seconds, **fields)
    around = _current.get()
    if not isinstance(around, Span):
        return ""
    began_at = time.time() - (seconds if began is None else time.monotonic() - began)
    header = TraceHeader(around.header.root, parent or around.id, is_sampled=True)
    segment_id = segments.new_id()
    segments.send(segments.document(name, header, segment_id, began_at, began_at + seconds) | _described(fields))
    return segment_id


def log_span(name: str, seconds: float, **fields: Any) -> None:
    """At level DEBUG, which POWERTOOLS_LOG_LEVEL enables."""
    logger().debug("span", extra={"span": name, "seconds": round(seconds, 4), **fields})


def note(**fields: Any) -> None:
    """Add to the current span what was only found out inside it."""
    if isinstance(around := _current.get(), Span):
        around.fields |= fields


def note_status(status: int) -> None:
    """The current span answered an HTTP request with this status."""
    if isinstance(around := _current.get(), Span):
        around.flags = {"http": {"response": {"status": status}}}
        around.flags |= {"throttle": True} if status == 429 else {}
        around.flags |= {"error": True} if 400 <= status < 500 else {"fault": True} if status >= 500 else {}


def current_header() -> str:
    """For whoever is called from here; empty outside a trace."""
    around = _current.get()
    return str(around.inside if isinstance(around, Span) else around or "")


def shown_header() -> str:
    """For the caller: which trace, and whether it is kept."""
    around = _current.get()
    header = around.inside if isinstance(around, Span) else around
    return f"Root={header.root};Sampled={int(header.is_sampled)}" if header else ""


@contextlib.contextmanager
def traced(name: str, header: str | None = None, **fields: Any) -> Iterator[None]:
    """What an entry point does, in the trace of ``header``; by default in that which Lambda gave this invocation.

    Nothing of an earlier invocation of the process is continued, whatever came of it.
    """
    given = segments.parse_header(os.environ.get(segments.HEADER_VARIABLE, "") if header is None else header)
    if given and not (given.is_sampled and segments.is_kept(given.root, settings().trace_rate)):
        given = given._replace(is_sampled=False)
    opened = Span(name, given, fields, is_own=header is not None) if given and given.is_sampled else given
    with _opened(opened), _as_lambdas_own():
        yield


@contextlib.contextmanager
def _as_lambdas_own() -> Iterator[None]:
    """botocore reads the header of its calls from Lambda's variable: what they cause hangs on this span, or on none."""
    before, header = os.environ.get(segments.HEADER_VARIABLE), current_header()
    if before is None or not header:
        yield
        return
    os.environ[segments.HEADER_VARIABLE] = header
    try:
        yield
    finally:
        os.environ[segments.HEADER_VARIABLE] = before


@contextlib.contextmanager
def began(name: str, key: str, began_at: float, **fields: Any) -> Iterator[None]:
    """Within it, work is handed on that ends in another process of this trace, which calls ``ended``.

    ``key`` names the work; ``began_at`` in seconds since 1970.
    """
    if not isinstance(around := _current.get(), Span):
        yield
        return
    work = Span(name, around.inside, fields, is_own=True)
    work.id = segments.derived_id(around.header.root, name, key)
    segments.send(segments.document(name, work.header, work.id, began_at, None) | _described(fields, is_own=True))
    token = _current.set(work)
    try:
        yield
    finally:
        _current.reset(token)


def ended(name: str, key: str, began_at: float, *, failed: bool = False, **fields: Any) -> None:
    """The end of what ``began`` in this trace, which stays where it was begun."""
    if not isinstance(around := _current.get(), Span) or not began_at:
        return
    header = TraceHeader(around.header.root, "", is_sampled=True)
    segment_id = segments.derived_id(around.header.root, name, key)
    segment = segments.document(name, header, segment_id, began_at, time.time())
    segments.send(segment | ({"fault": True} if failed else {}) | _described(fields, is_own=True))


def _child(name: str, fields: dict[str, Any]) -> Span | TraceHeader | None:
    around = _current.get()
    return Span(name, around.inside, fields) if isinstance(around, Span) else around


@contextlib.contextmanager
def _opened(opened: Span | TraceHeader | None) -> Iterator[None]:
    token = _current.set(opened)
    try:
        yield
    except BaseException as error:
        if isinstance(opened, Span):
            opened.fail(error)
        raise
    finally:
        _current.reset(token)
        if isinstance(opened, Span):
            opened.end()


def _flags_of(error: BaseException) -> dict[str, Any]:
    """Its class alone: a message may quote what somebody wrote."""
    kind = "error" if isinstance(error, _EXPECTED) else "fault"
    return {kind: True, "cause": {"exceptions": [{"id": segments.new_id(), "type": type(error).__name__}]}}


def _described(fields: dict[str, Any], *, is_own: bool = False) -> dict[str, Any]:
    deployment = {"service": "voicehelper", "version": settings().service_version, "environment": settings().stage}
    marks = segments.plain_fields({name: value for name, value in fields.items() if name in _LABELS} | deployment)
    facts = segments.plain_fields({name: value for name, value in fields.items() if name not in _LABELS})
    kind = {"service": {"version": marks["version"]}} if is_own else {"type": "subsegment"}
    return {**kind, "annotations": marks, **({"metadata": {"voicehelper": facts}} if facts else {})}


def labels(*, tenant: object = None, **ids: object) -> dict[str, str]:
    """Ids as traces are looked up by: a tenant's is hashed, and what is no id is left out."""
    found = {name: _ID.fullmatch(str(ids.get(name)).lower()) for name in _IDS}
    shown = {name: match[1] for name, match in found.items() if match}
    return shown | ({"tenant": segments.hashed(tenant)} if tenant else {})
