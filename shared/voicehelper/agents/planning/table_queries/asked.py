"""What a question asks of a table, as values between ``reading`` and ``sql``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from voicehelper.agents.planning.table_queries.known import KnownColumn

Function = Literal["sum", "avg", "max", "min", "median", "count", "distinct", ""]


@dataclass(frozen=True, slots=True)
class Measure:
    """``column`` None counts rows; function "" is the value of each row."""

    function: Function
    column: KnownColumn | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """``operator`` is one of SQL's comparisons, ``in`` or ``not in`` for texts, ``starts`` or ``month`` for a date."""

    column: KnownColumn
    operator: str
    numbers: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """``part`` "month" or "year" of a date column, else ""."""

    column: KnownColumn
    part: str = ""


@dataclass(slots=True)
class Asked:
    """``extreme`` keeps the first ``limit`` by the first measure; rows themselves where there is no measure."""

    measures: list[Measure] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    shown: list[KnownColumn] = field(default_factory=list)
    extreme: Literal["asc", "desc", ""] = ""
    limit: int = 0
