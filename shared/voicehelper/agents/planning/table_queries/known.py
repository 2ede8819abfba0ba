"""Values of this room: a table as far as it is known before it is asked, and the query that asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """``values`` are distinct texts of known rows, in their order; ``is_unique`` where no two known rows share one."""

    name: str
    kind: Literal["REAL", "TEXT"]
    values: Sequence[str] = ()
    is_date: bool = False
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class KnownTable:
    """``document`` is the id as the tool takes it, ``name`` what SQL calls the table; ``title`` is its sheet's."""

    document: str
    filename: str
    name: str
    columns: Sequence[KnownColumn]
    title: str = ""


@dataclass(frozen=True, slots=True)
class TableQuery:
    """Arguments of the tool, and the question that they answer."""

    document: str
    filename: str
    sql: str
    question: str
