"""What a caller may still see of a task: what was found in a base that has been closed to them since is left out.

``as_seen`` is the entry; ``service`` shows tasks through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from voicehelper.adapters.database import Transaction
from voicehelper.agents.task import Item, Task
from voicehelper.agents.tools.protocol import ToolSource
from voicehelper.index.documents import hidden_documents
from voicehelper.messages.catalogue import message_for

_CODE: Final = "SOURCE_CLOSED"


def as_seen(tx: Transaction, task: Task, items: Sequence[Item]) -> tuple[Task, list[Item]]:
    """A report that stands on what is hidden goes whole, and so does every item that came after it was found."""
    hidden = hidden_documents(tx, _documents(task, items)) if tx.is_limited else set()
    if not hidden:
        return task, list(items)
    first = next((n for n, item in enumerate(items) if hidden & set(_of_item(item))), len(items))
    shown = [item if number < first else _closed(item) for number, item in enumerate(items)]
    report = {"text": message_for(_CODE, task.language), "sources": []} if task.report else None
    return replace(task, report=report), shown


def _documents(task: Task, items: Sequence[Item]) -> set[UUID]:
    of_report = _of_sources((task.report or {}).get("sources", ()))
    return {*of_report, *(document for item in items for document in _of_item(item))}


def _of_item(item: Item) -> list[UUID]:
    return _of_sources((item.content.get("result") or {}).get("sources", ()))


def _of_sources(sources: Iterable[dict[str, Any]]) -> list[UUID]:
    found = (ToolSource.model_validate(source).document_id for source in sources)
    return [document for document in found if document]


def _closed(item: Item) -> Item:
    """Arguments, thoughts and results may all repeat what was found."""
    if item.kind != "tool_call":
        return replace(item, content=item.content | {"thought": "", "steps": [], "comment": "", "arguments": {}})
    return replace(item, content=item.content | {"arguments": {}, "result": None, "failure": {"code": _CODE}})
