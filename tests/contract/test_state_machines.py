"""Every state machine can only go where a state is, and every Task has a time-out, retries and a way out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from voicehelper.agents.tools.declarations import TOOL_NAMES
from voicehelper.ingestion.events import DocumentChunked, DocumentParsed
from voicehelper.ingestion.recognised import MAX_PICTURES
from voicehelper.ingestion.sandbox import RECOGNITION_LIMIT_S
from voicehelper.ingestion.steps.chunk_document import (
    BATCH_CHUNKS,
    MAX_BATCHES,
    MAX_CHUNKS,
    MAX_LANES,
    embedding_batches,
)
from voicehelper.ingestion.steps.recognise_pictures import picture_batches
from voicehelper.knowledge.lifecycle import LONGEST_STEP_S

from infra import template
from infra.local.paths import ROOT
from infra.template import referenced, statements

TEMPLATE = template.read()
MACHINES = TEMPLATE.state_machines()

# Every Retry waits for one of these. Step Functions compares names exactly, so a step raises the family's class.
THROTTLED = ["Lambda.TooManyRequestsException"]
TRANSIENT = [
    "UpstreamUnavailableError",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.Unknown",
]
# A slow store, a database that wakes, a function whose network interface was taken after idle weeks.
SLOW = [
    "States.Timeout",
    "Sandbox.Timedout",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ResourceNotReadyException",
    "Lambda.EC2ThrottledException",
    "Lambda.ENILimitReachedException",
]
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
EVENTS_OF_AN_EXECUTION, BYTES_OF_A_STATE = 25_000, 256 * 1024
# Map iteration, state and function: each is scheduled or entered, started, and succeeds or is left.
EVENTS_OF_A_BATCH, EVENTS_OF_A_TRY = 7, 3
# For the state that records a failure: nothing comes after it, so it tries again whatever happened.
ANYTHING = ["States.ALL"]
LAST_RESORTS = {"MarkFailed", "MarkTaskFailed"}
INGESTION, AGENTS = "IngestionStateMachine", "AgentStateMachine"
# Who records the failure of a machine's steps, and who that of an agent's tool: the task goes on without its result.
RECORDERS = {INGESTION: "MarkFailed", AGENTS: "MarkTaskFailed"}
OF_TOOLS = "RecordStep"
# https://aws.amazon.com/step-functions/pricing/
USD_OF_A_TRANSITION = 0.025 / 1000


def _graphs(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The machine and the machines inside its Map and Parallel states."""
    yield machine
    for state in machine["States"].values():
        inner = [state["ItemProcessor"]] if "ItemProcessor" in state else state.get("Branches", [])
        for graph in inner:
            yield from _graphs(graph)


def _targets(state: dict[str, Any]) -> Iterator[str]:
    if "Next" in state:
        yield state["Next"]
    if "Default" in state:
        yield state["Default"]
    for way in [*state.get("Choices", ()), *state.get("Catch", ())]:
        yield way["Next"]


def _tasks(name: str) -> list[tuple[str, dict[str, Any], bool]]:
    """(name, state, stands inside a Map)."""
    outer = MACHINES[name]
    return [
        (state_name, state, graph is not outer)
        for graph in _graphs(outer)
        for state_name, state in graph["States"].items()
        if state["Type"] == "Task"
    ]


@pytest.mark.parametrize("name", MACHINES)
def test_every_transition_leads_to_a_state(name: str) -> None:
    for graph in _graphs(MACHINES[name]):
        states = graph["States"]
        assert graph["StartAt"] in states
        assert {target for state in states.values() for target in _targets(state)} <= set(states)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_and_every_path_ends(name: str) -> None:
    for graph in _graphs(MACHINES[name]):
        states, seen, waiting = graph["States"], set(), [graph["StartAt"]]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                waiting += _targets(states[current])
        assert seen == set(states)
        assert all("Next" in s or s.get("End") or s["Type"] in ("Succeed", "Fail", "Choice") for s in states.values())


@pytest.mark.parametrize("name", MACHINES)
def test_whatever_a_step_ends_with_is_recorded(name: str) -> None:
    """Only the last step and the recorder end an attempt; what a tool ends with is recorded as any result."""
    for state_name, state in MACHINES[name]["States"].items():
        if state["Type"] in ("Task", "Map") and state_name not in LAST_RESORTS:
            recorder = OF_TOOLS if is_tool(state) else RECORDERS[name]
            catches = [(way["ErrorEquals"], way["Next"]) for way in state["Catch"]]
            assert catches == [(["States.ALL"], recorder)], state_name


def is_tool(state: dict[str, Any]) -> bool:
    return bool(state.get("InputPath") == "$.call")


def test_a_tool_receives_its_call_alone_and_leaves_the_state_as_it_is() -> None:
    tools = [state for state in MACHINES[AGENTS]["States"].values() if is_tool(state)]

    assert tools
    assert {(state["ResultPath"], state["Catch"][0]["ResultPath"], state["Next"]) for state in tools} == {
        ("$.outcome", "$.error", OF_TOOLS)
    }


def test_every_tool_has_its_state_and_its_function_in_the_folder_of_tools() -> None:
    chosen = {
        rule["StringEquals"]: rule["Next"]
        for rule in MACHINES[AGENTS]["States"]["ChooseNext"]["Choices"]
        if rule["Variable"] == "$.tool"
    }
    folders = {TEMPLATE.functions()[f"{state}Function"].domain for state in chosen.values()}

    assert set(TOOL_NAMES) <= set(chosen)
    assert folders == {"tools"}
    assert set(chosen.values()) == {name for name, state in MACHINES[AGENTS]["States"].items() if is_tool(state)}


def test_a_thousand_tasks_of_six_steps_cost_less_than_75_cents_of_transitions() -> None:
    """Five calls of tools and the report; a call is chosen, made and recorded. Looking back takes two states more."""
    a_call = ["ChooseNext", "Calculate", "RecordStep"]
    path = ["PlanTask", *a_call * 5, "ChooseNext", "ReflectOnTask", "ChooseNext", "ComposeReport", "Ended"]

    assert set(path) <= set(MACHINES[AGENTS]["States"])
    assert 1000 * len(path) * USD_OF_A_TRANSITION <= 0.75


@pytest.mark.parametrize("name", MACHINES)
def test_every_task_has_a_time_out_a_retry_and_a_catch(name: str) -> None:
    for state_name, state, inner in _tasks(name):
        assert state.get("TimeoutSeconds", 0) > 0, state_name
        assert state.get("Retry"), state_name
        # A Map's Catch is the catch of what runs inside it.
        assert inner or any("States.ALL" in way["ErrorEquals"] for way in state.get("Catch", ())), state_name


@pytest.mark.parametrize("name", MACHINES)
def test_every_task_retries_by_the_named_lists(name: str) -> None:
    for state_name, state, _ in _tasks(name):
        waits_for = [retry["ErrorEquals"] for retry in state["Retry"]]

        assert waits_for == ([ANYTHING] if state_name in LAST_RESORTS else [THROTTLED, TRANSIENT, SLOW]), state_name


@pytest.mark.parametrize("name", MACHINES)
def test_every_map_catches_what_its_items_throw(name: str) -> None:
    maps = [state for graph in _graphs(MACHINES[name]) for state in graph["States"].values() if state["Type"] == "Map"]

    assert all(any("States.ALL" in way["ErrorEquals"] for way in state["Catch"]) for state in maps)


def test_every_placeholder_of_a_definition_is_filled_and_may_be_invoked() -> None:
    for properties in TEMPLATE.resources(template.STATE_MACHINE).values():
        text = (ROOT / properties["DefinitionUri"]).read_text("utf-8")
        filled = properties["DefinitionSubstitutions"]
        granted = [item for policy in properties["Policies"] for item in statements(policy)]
        (statement,) = [item for item in granted if item["Action"] == "lambda:InvokeFunction"]

        assert set(re.findall(r"\$\{(\w+)\}", text)) == set(filled)
        assert sorted(map(referenced, filled.values())) == sorted(map(referenced, statement["Resource"]))


@pytest.mark.parametrize("name", MACHINES)
def test_tasks_are_named_as_the_functions_they_call(name: str) -> None:
    for state_name, state, _ in _tasks(name):
        assert state["Resource"] == f"${{{state_name}FunctionArn}}"


def _waits(retry: dict[str, Any]) -> Iterator[float]:
    """Mean seconds before each try; full jitter halves them."""
    for number in range(retry["MaxAttempts"]):
        yield min(retry["IntervalSeconds"] * retry["BackoffRate"] ** number, retry["MaxDelaySeconds"]) / 2


def test_no_retries_of_the_longest_document_fill_the_history() -> None:
    """However calls are refused: tries take time, and the execution has an hour."""
    machine = MACHINES[INGESTION]
    batches = {"RecogniseBatches": len(picture_batches(MAX_PICTURES)), "EmbedBatches": MAX_BATCHES}
    events = 0
    for name, count in batches.items():
        mapping = machine["States"][name]
        [task] = mapping["ItemProcessor"]["States"].values()
        assert mapping["MaxConcurrencyPath"] == "$.lanes"
        seconds_of_a_batch = machine["TimeoutSeconds"] * MAX_LANES / sum(batches.values())
        waits = sorted(wait for retry in task["Retry"] for wait in _waits(retry))
        tries = sum(total <= seconds_of_a_batch for total in itertools.accumulate(waits)) + 1
        events += count * (EVENTS_OF_A_BATCH + tries * EVENTS_OF_A_TRY)

    assert events < EVENTS_OF_AN_EXECUTION


@pytest.mark.parametrize("name", MACHINES)
def test_a_task_waits_for_longer_than_its_function_may_run(name: str) -> None:
    arns = TEMPLATE.resources(template.STATE_MACHINE)[name]["DefinitionSubstitutions"]
    functions = {f"${{{key}}}": TEMPLATE.functions()[referenced(arn)] for key, arn in arns.items()}
    waits = {state["Resource"]: state["TimeoutSeconds"] for _, state, _ in _tasks(name)}

    assert {key: seconds for key, seconds in waits.items() if seconds <= functions[key].timeout_s} == {}
    assert max(function.timeout_s for function in functions.values()) < LONGEST_STEP_S


def test_the_longest_document_is_embedded_and_indexed_within_its_execution() -> None:
    """Offline, ten batches at once embed 40 chunks a second; either step of the index may take its whole time."""
    machine = MACHINES[INGESTION]
    indexing = [TEMPLATE.functions()[f"{name}Function"].timeout_s for name in ("IndexText", "IndexVectors")]

    assert MAX_CHUNKS >= 4_000 * BATCH_CHUNKS
    # Six seconds a picture, in as many lanes.
    recognising = 6 * MAX_PICTURES / MAX_LANES
    assert MAX_CHUNKS / 40 + recognising + sum(indexing) < machine["TimeoutSeconds"]


def test_a_batch_whose_every_picture_hangs_ends_within_its_tries() -> None:
    """Each try reads what the ones before it did not."""
    [task] = MACHINES[INGESTION]["States"]["RecogniseBatches"]["ItemProcessor"]["States"].values()
    [tries] = [1 + retry["MaxAttempts"] for retry in task["Retry"] if retry["ErrorEquals"] == SLOW]
    of_a_try = int(TEMPLATE.functions()["RecognisePicturesFunction"].timeout_s // RECOGNITION_LIMIT_S)

    assert max(batch.last - batch.first for batch in picture_batches(MAX_PICTURES)) <= tries * of_a_try


def test_the_longest_scan_fits_into_a_state() -> None:
    one = UUID(int=1)
    ids: dict[str, Any] = {"tenant_id": one, "kb_id": one, "document_id": one, "attempt": 1_000_000}

    event = DocumentParsed(
        **ids, source_attempt=1, filename="\u6587" * 255, pictures=picture_batches(MAX_PICTURES), lanes=10
    )

    assert len(event.model_dump_json()) < BYTES_OF_A_STATE / 4


def test_the_longest_document_fits_into_a_state() -> None:
    one = UUID(int=1)
    batches = embedding_batches([10**6] * (MAX_CHUNKS // BATCH_CHUNKS), MAX_CHUNKS)

    event = DocumentChunked(tenant_id=one, kb_id=one, document_id=one, attempt=1_000_000, batches=batches, lanes=10)

    assert len(event.model_dump_json()) < BYTES_OF_A_STATE / 4
