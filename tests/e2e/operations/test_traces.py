"""One trace for each request, through functions, queues and state machines: as `voicehelper trace` finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from voicehelper_cli.trace_sources import kept_traces, wanted_id
from voicehelper_cli.trace_tree import Node, tree_of

from tests.support.client import Client
from tests.support.polling import until
from tests.support.product import Product

Find = Callable[[str, str], list[Node]]
TEXT = "# Leave\n\nEvery employee has 31 days of annual leave.\n"


@pytest.fixture(scope="module")
def find(product: Product) -> Find:
    """(an id that an answer showed, the last span to wait for) → the one trace of it."""
    if product.traces is None:
        pytest.skip("a product that was started elsewhere keeps its traces there")
    folder: Path = product.traces

    def trace_of(shown: str, last: str) -> list[Node]:
        until(lambda: last in [node.name for node in _nodes(shown)])
        return _nodes(shown)

    def _nodes(shown: str) -> list[Node]:
        [segments] = kept_traces(folder, wanted_id(shown)).values() or [[]]
        return tree_of(segments)

    return trace_of


def under(nodes: list[Node], name: str) -> list[Node]:
    """What stands below the span with this name."""
    start = next(number for number, node in enumerate(nodes) if node.name == name)
    below = nodes[start + 1 :]
    end = next((number for number, node in enumerate(below) if node.level <= nodes[start].level), len(below))
    return below[:end]


def one(nodes: list[Node], name: str) -> Node:
    [found] = [node for node in nodes if node.name == name]
    return found


def test_a_document_is_one_trace_from_its_upload_to_its_last_step(client: Client, find: Find) -> None:
    kb_id = client.create_base("traced")
    form = {"files": {"file": ("leave.md", TEXT.encode(), "text/markdown")}, "data": {"metadata": "{}"}}
    uploaded = client.call("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", **form)
    document_id = uploaded.json()["document_id"]
    client.wait([document_id])

    nodes = find(uploaded.headers["x-amzn-trace-id"], "finish_document")

    assert nodes[0].name == "front door"
    steps = under(nodes, "process_document")
    levels = {node.name: node.level for node in steps}
    assert {levels[name] for name in ("parse_document", "vectorize", "store_vectors")} == {steps[0].level}
    assert "process_document" in [node.name for node in under(nodes, "start_ingestion")]
    assert one(nodes, "process_document").facts["document.id"] == wanted_id(document_id)
    assert one(steps, "parse_document").facts["document.pages"] == 1
    assert one(steps, "vectorize").facts["vectors.count"] == one(steps, "store_vectors").facts["vectors.count"] == 1
    assert all(node.took_s is not None and not node.failure for node in nodes)
    _holds_no_text(nodes)


def _holds_no_text(nodes: list[Node]) -> None:
    shown: list[Any] = [value for node in nodes for value in (node.name, *node.facts.values())]
    assert not any(word in str(value) for value in shown for word in ("employee", "leave", "Leave", "traced"))


def test_a_question_is_one_trace_that_its_request_finds(client: Client, find: Find) -> None:
    kb_id = client.create_base_of("traced_questions", "leave.md", TEXT)
    asked = {"kb_id": kb_id, "query": "How many days of annual leave does an employee have?"}
    answer = client.call("POST", "/api/v1/rag/query", json=asked)

    nodes = find(answer.headers["x-request-id"], "llm_generation")

    stages = under(nodes, "POST /api/v1/rag/query")
    assert [node.name for node in nodes[:2]] == ["front door", "authorize_request"]
    assert {"query_classifier", "llm_generation"} < {node.name for node in stages}
    assert {node.name for node in under(stages, "hybrid_retrieval")} == {"vector_search", "bm25_search"}
    assert [node.began_at for node in stages if node.level == stages[0].level] == sorted(
        node.began_at for node in stages if node.level == stages[0].level
    )
    _holds_no_text(nodes)


def test_a_task_is_one_trace_through_its_state_machine(client: Client, find: Find) -> None:
    body = {"task": "(1500-1200)/1200*100", "tools": ["calculator"], "mode": "plan_execute", "max_steps": 5}
    shown = client.call("POST", "/api/v1/agent/execute", json=body)

    nodes = find(shown.headers["x-amzn-trace-id"], "report")

    steps = under(nodes, "POST /api/v1/agent/execute")
    assert {"plan", "step", "report"} <= {node.name for node in steps}
    assert one(steps, "step").facts["tool"] == "calculator"


def test_a_refusal_is_found_and_says_that_the_caller_erred(client: Client, find: Find) -> None:
    refused = client.call("GET", "/api/v1/knowledge/bases/kb-unknown")

    nodes = find(refused.headers["x-request-id"], "front door")

    assert nodes[0].facts["status"] == refused.status_code == 404
    assert {node.failure for node in nodes if "status" in node.facts} == {"error"}


def test_callers_cannot_write_into_the_traces_of_others(client: Client, find: Find) -> None:
    foreign = "1-5759e988-bd862e3fe1be46a994272793"
    header = {"x-amzn-trace-id": f"Root={foreign};Parent=53995c3f42cd8ad8;Sampled=1"}

    answer = client.call("GET", "/api/v1/users/me", headers=header)

    assert wanted_id(answer.headers["x-amzn-trace-id"]) != foreign
    assert find(answer.headers["x-request-id"], "front door")[0].name == "front door"
