"""What people changed in a document's chunks, as an export carries it: ``changes_of`` reads, ``apply`` writes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from voicehelper_cli.api import Api
from voicehelper_cli.base_archive import Changes, ChunkChange


def changes_of(chunks: Sequence[dict[str, Any]]) -> Changes | None:
    """Of the chunks as the service lists them; None where they are as the file has them."""
    of_file = [chunk for chunk in chunks if chunk["origin"] != "added"]
    changed = [chunk for chunk in chunks if chunk["origin"] != "file" or not chunk["enabled"]]
    if not changed:
        return None
    sequences = {chunk["sequence"] for chunk in changed}
    return Changes(len(of_file), _digest_without(of_file, sequences), [_change(chunk) for chunk in changed])


def _change(chunk: dict[str, Any]) -> ChunkChange:
    sequence = None if chunk["origin"] == "added" else int(chunk["sequence"])
    return ChunkChange(sequence, chunk["title"], chunk["content"], chunk["enabled"])


def _digest_without(of_file: Sequence[dict[str, Any]], sequences: set[int]) -> str:
    rest = [[chunk["sequence"], chunk["content"]] for chunk in of_file if chunk["sequence"] not in sequences]
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()


def apply(api: Api, document_id: str, changes: Changes) -> int:
    """Returns how many could not be: the file has been cut in another way here. Applying twice changes nothing."""
    path = f"/knowledge/documents/{document_id}/chunks"
    chunks = list(api.pages(path))
    of_file = {chunk["sequence"]: chunk for chunk in chunks if chunk["origin"] != "added"}
    edits = [change for change in changes.chunks if change.sequence is not None]
    left = _same_cut(list(of_file.values()), edits, changes)
    for change in edits if left else ():
        _change_chunk(api, path, of_file[change.sequence or 0], change)
    added = [change for change in changes.chunks if change.sequence is None]
    _add_missing(api, path, [chunk for chunk in chunks if chunk["origin"] == "added"], added)
    return 0 if left else len(edits)


def _same_cut(of_file: Sequence[dict[str, Any]], edits: Sequence[ChunkChange], changes: Changes) -> bool:
    sequences = {change.sequence for change in edits if change.sequence is not None}
    present = {chunk["sequence"] for chunk in of_file}
    same = len(of_file) == changes.file_chunks and sequences <= present
    return same and _digest_without(of_file, sequences) == changes.others


def _change_chunk(api: Api, path: str, chunk: dict[str, Any], change: ChunkChange) -> None:
    """The service takes an empty text for none, and has no such chunk."""
    wanted = {"title": change.title, "content": change.content, "enabled": change.enabled}
    if different := {name: value for name, value in wanted.items() if chunk[name] != value and value != ""}:
        api.call("PATCH", f"{path}/{chunk['id']}", json=different)


def _add_missing(api: Api, path: str, present: Sequence[dict[str, Any]], added: Sequence[ChunkChange]) -> None:
    there = defaultdict(list)
    for chunk in present:
        there[chunk["title"], chunk["content"]].append(chunk)
    for change in added:
        same = there[change.title, change.content]
        new = {"title": change.title, "content": change.content}
        chunk = same.pop() if same else api.call("POST", path, json=new)
        if chunk["enabled"] != change.enabled:
            api.call("PATCH", f"{path}/{chunk['id']}", json={"enabled": change.enabled})
