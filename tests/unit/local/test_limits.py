"""Every function that a caller can start has a bound."""

from __future__ import annotations

from infra import template
from infra.local.limits import ANSWERING, QUICK_AT_ONCE, READING, WAITING, WAITING_AT_ONCE, concurrency_limits


def test_what_keeps_a_core_busy_runs_once_per_core() -> None:
    limits = concurrency_limits(template.read(), cores=2)

    assert {limits[name] for name in (*ANSWERING, "EmbedChunksFunction", "ParseDocumentFunction")} == {2}


def test_every_route_and_its_authorizer_are_bounded() -> None:
    source = template.read()
    limits = concurrency_limits(source, cores=2)

    assert {route.function.logical_id for route in source.routes()} <= limits.keys()
    assert {limits[name] for name in source.authorizers()} == {QUICK_AT_ONCE}


def test_calls_that_only_wait_leave_the_quick_places_free() -> None:
    limits = concurrency_limits(template.read(), cores=2)

    assert limits[WAITING] == WAITING_AT_ONCE + QUICK_AT_ONCE


def test_the_models_of_recognition_are_in_memory_once_for_each_function() -> None:
    limits = concurrency_limits(template.read(), cores=8)

    assert {limits[name] for name in READING} == {1}
