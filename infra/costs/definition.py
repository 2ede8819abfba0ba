"""Walks a state machine's definition the way a first attempt that succeeds goes. Entries: ``walk``, ``follow``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

LANES: Final = 10  # of a Map whose input says how wide it is: the parameter EmbeddingLanes, as it is by default


@dataclass(frozen=True, slots=True)
class State:
    """A state, and how often it is entered: ``times``, of which ``at_once`` side by side."""

    name: str
    resource: str | None  # of a Task
    times: int
    at_once: int

    @property
    def rounds(self) -> int:
        """How many of its calls follow one another."""
        return -(-self.times // self.at_once)


def walk(machine: dict[str, Any], items: int) -> list[State]:
    """Every state entered, where each Map has ``items`` items and each Choice takes its default."""
    return list(_states(machine, items, 1, 1))


def follow(machine: dict[str, Any], values: Sequence[str]) -> list[State]:
    """Every state entered of a machine without Maps, where the choices find these values, one after the other.

    ValueError where there are fewer values than choices on the way.
    """
    name, left, entered = machine["StartAt"], list(values), list[State]()
    while name:
        state = machine["States"][name]
        entered.append(State(name, state.get("Resource"), 1, 1))
        name = _chosen(state, left) if state["Type"] == "Choice" else state.get("Next")
    return entered


def _chosen(state: dict[str, Any], left: list[str]) -> str:
    """Takes the first value that is left; the default where no rule has it."""
    if not left:
        raise ValueError("the way has more choices than values")
    value = left.pop(0)
    return str(next((rule["Next"] for rule in state["Choices"] if rule["StringEquals"] == value), state["Default"]))


def transitions(states: list[State]) -> int:
    """What Step Functions charges for: states entered."""
    return sum(state.times for state in states)


def calls(states: list[State]) -> Counter[str]:
    """Invocations by resource."""
    counted: Counter[str] = Counter()
    for state in states:
        if state.resource:
            counted[state.resource] += state.times
    return counted


def _states(machine: dict[str, Any], items: int, times: int, at_once: int) -> Iterator[State]:
    name, passed = machine["StartAt"], set[str]()
    while name and name not in passed:
        passed.add(name)
        state = machine["States"][name]
        yield State(name, state.get("Resource") if state["Type"] == "Task" else None, times, at_once)
        yield from _inner(state, items, times, at_once)
        name = state.get("Default" if state["Type"] == "Choice" else "Next")


def _inner(state: dict[str, Any], items: int, times: int, at_once: int) -> Iterator[State]:
    for branch in state.get("Branches", ()):
        yield from _states(branch, items, times, at_once)
    if "ItemProcessor" in state and items:
        lanes = min(items, state.get("MaxConcurrency") or (LANES if "MaxConcurrencyPath" in state else items))
        yield from _states(state["ItemProcessor"], items, times * items, at_once * lanes)
