"""From the segments of one trace to the lines that show it: ``tree_of`` orders them, ``lines_of`` draws them.

Segments arrive in any order, some are lost, and some are nobody's: what names no parent that is known stands at the
top, so that each is drawn once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Segment = Mapping[str, Any]

_INDENT: Final = "  "
_MOST_LEVELS: Final = 40  # deeper ones are drawn at this level
_SAME_FOR_ALL: Final = frozenset(("service", "version", "environment"))
_OF_A_TRACE: Final = frozenset(("document", "base", "task", "tenant"))
_NAME_WIDTH: Final = 52


@dataclass(frozen=True, slots=True)
class Node:
    """A segment at its ``level``, from 0; ``took_s`` is None where it did not end."""

    name: str
    level: int
    began_at: float
    took_s: float | None
    failure: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def tree_of(segments: Iterable[Segment]) -> list[Node]:
    """Depth first, siblings by their beginning."""
    known = _merged(segments)
    parts: dict[str, list[Segment]] = defaultdict(list)
    for segment in known.values():
        parent = segment.get("parent_id")
        parts[parent if parent in known and parent != segment["id"] else ""].append(segment)
    nodes: dict[str, Node] = {}
    _walk(parts[""], parts, nodes)
    _walk([segment for segment in known.values() if segment["id"] not in nodes], parts, nodes)  # they form a ring
    return list(nodes.values())


def _walk(tops: Sequence[Segment], parts: Mapping[str, list[Segment]], nodes: dict[str, Node]) -> None:
    """Adds to ``nodes``, without recursion: how deep a trace is, its sender decides."""
    stack = [(segment, 0) for segment in sorted(tops, key=_began_at, reverse=True)]
    while stack:
        segment, level = stack.pop()
        if segment["id"] not in nodes:
            nodes[segment["id"]] = _node(segment, level)
            below = sorted(parts.get(segment["id"], ()), key=_began_at, reverse=True)
            stack += [(part, min(level + 1, _MOST_LEVELS)) for part in below]


def _merged(segments: Iterable[Segment]) -> dict[str, Segment]:
    """By id, those within others included. Of one that was announced and ended, the end says more."""
    known: dict[str, Segment] = {}
    for segment in _flat(segments):
        earlier = known.get(segment["id"], {})
        first, last = (segment, earlier) if segment.get("in_progress") else (earlier, segment)
        merged = {**first, **last}
        if "end_time" in merged:
            merged.pop("in_progress", None)
        known[segment["id"]] = merged
    return known


def _flat(segments: Iterable[Segment]) -> Iterator[Segment]:
    """X-Ray keeps what a service sends at once as one document."""
    stack = [dict(segment) for segment in segments]
    while stack:
        segment = stack.pop()
        stack += [{"parent_id": segment["id"], **part} for part in segment.pop("subsegments", ()) or ()]
        yield segment


def _began_at(segment: Segment) -> float:
    return float(segment["start_time"])


def _node(segment: Segment, level: int) -> Node:
    took_s = None if "end_time" not in segment else max(0.0, float(segment["end_time"]) - _began_at(segment))
    return Node(str(segment["name"]), level, _began_at(segment), took_s, _failure_of(segment), _facts_of(segment))


def _failure_of(segment: Segment) -> str:
    kind = next((kind for kind in ("fault", "throttle", "error") if segment.get(kind)), "")
    causes = segment.get("cause") or {}
    names = [str(one.get("type", "")) for one in causes.get("exceptions", ())] if isinstance(causes, dict) else []
    return " ".join([kind, *names]).strip() if kind else ""


def _facts_of(segment: Segment) -> dict[str, Any]:
    own = (segment.get("metadata") or {}).get("voicehelper") or {}
    marks = {name: value for name, value in (segment.get("annotations") or {}).items() if name not in _SAME_FOR_ALL}
    http = segment.get("http") or {}
    status = (http.get("response") or {}).get("status")
    facts = {**({"status": status} if status else {}), **own, **marks}
    return {name: value for name, value in facts.items() if isinstance(value, str | int | float) and value is not False}


def lines_of(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """(text, rich style): seconds since the beginning, seconds taken, name, failure and what else is known.

    Ids that a trace has in many places are said once.
    """
    begun_at, known = min((node.began_at for node in nodes), default=0.0), set[tuple[str, Any]]()
    for node in nodes:
        took = "…" if node.took_s is None else f"{node.took_s:.3f}"
        name = (_INDENT * node.level + node.name).ljust(_NAME_WIDTH)
        facts = " ".join(f"{key}={value}" for key, value in node.facts.items() if (key, value) not in known)
        known |= {(name, node.facts[name]) for name in _OF_A_TRACE & node.facts.keys()}
        rest = " ".join(part for part in (node.failure and f"! {node.failure}", facts) if part)
        style = "red" if node.failure.startswith("fault") else "yellow" if node.failure else ""
        yield f"{node.began_at - begun_at:9.3f} {took:>9} {name} {rest}".rstrip(), style
