"""``voicehelper import``: a knowledge base from the file that ``voicehelper export`` wrote, over the API alone.

Repeating it continues: what is there already is neither sent nor changed again. Access is set before the first file, so
that a restricted base is never open.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import EXIT_DOCUMENT_FAILED, Api
from voicehelper_cli.base_archive import Archive, ExportedBase, ExportedFile, checked, refusal
from voicehelper_cli.base_changes import apply
from voicehelper_cli.names import base_name, is_same
from voicehelper_cli.output import api, err, show
from voicehelper_cli.texts import text
from voicehelper_cli.transfers import upload

_POLL_S: Final = 0.5


@dataclass
class Outcome:
    """What came, and what did not: names of documents, and whom the grants name that this workspace does not have."""

    base_id: str = ""
    files: int = 0
    failed: list[str] = field(default_factory=list)
    same_bytes: list[str] = field(default_factory=list)
    edits_not_applied: int = 0
    missing_members: list[str] = field(default_factory=list)
    missing_groups: list[str] = field(default_factory=list)


def import_base(
    file: Annotated[Path, typer.Argument(help="A zip that `voicehelper export` wrote.")],
    as_name: Annotated[str, typer.Option("--as", metavar="NAME", help="Another name for the base.")] = "",
) -> None:
    """Make a knowledge base from an exported file. Repeating it continues."""
    archive, service = checked(file), api()
    outcome = Outcome()
    base_id = outcome.base_id = _base(service, archive.base, as_name)
    there = _versions(service, base_id)
    _require_own(there, archive, as_name or archive.base.name)
    _give_access(service, base_id, archive.base, outcome)
    documents = _upload(service, archive, base_id, there, outcome)
    for exported, document_id in documents:
        _finish(service, exported, document_id, outcome)
    show(asdict(outcome), *_lines(outcome, as_name or archive.base.display_name or archive.base.name))
    if outcome.failed:
        raise typer.Exit(EXIT_DOCUMENT_FAILED)


def _base(service: Api, base: ExportedBase, as_name: str) -> str:
    """The id of the base, made where it is not there."""
    name = base_name(as_name) if as_name else base.name
    for existing in service.pages("/knowledge/bases"):
        if existing["name"] == name:
            return str(existing["id"])
    new = {"name": name, "display_name": as_name or base.display_name, "description": base.description}
    return str(service.call("POST", "/knowledge/bases", json=new)["id"])


def _versions(service: Api, base_id: str) -> dict[str, list[dict[str, Any]]]:
    """What the base has already: the versions of each file, the oldest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for document in service.pages(f"/knowledge/bases/{base_id}/documents"):
        if document["filename"] not in found:
            versions = list(service.pages(f"/knowledge/documents/{document['id']}/versions"))
            found[document["filename"]] = versions[::-1]
    return found


def _require_own(there: dict[str, list[dict[str, Any]]], archive: Archive, name: str) -> None:
    """Refused is a base with anything that an earlier import of this file cannot have left there."""
    wanted = defaultdict(list)
    for file in archive.base.files:
        wanted[file.filename].append(file.size_bytes)
    for filename, versions in there.items():
        sizes = [version["size_bytes"] for version in versions]
        if wanted[filename][: len(sizes)] != sizes:
            raise refusal("BASE_DIFFERS", text("base_differs", base=name, name=filename))


def _give_access(service: Api, base_id: str, base: ExportedBase, outcome: Outcome) -> None:
    """Members and groups are those of this workspace; who is not here is named and not invented."""
    if not base.visibility:
        return
    members = list(service.pages("/members")) if base.grants else []
    groups = list(service.pages("/groups")) if base.grants else []
    grants = []
    for grant in base.grants:
        kind, here, name_key, id_key, missing = (
            ("member", members, "email", "user_id", outcome.missing_members)
            if grant.member
            else ("group", groups, "name", "id", outcome.missing_groups)
        )
        name = grant.member or grant.group
        found = next((item[id_key] for item in here if is_same(name, item[name_key])), None)
        grants += [{kind: found, "right": grant.right}] if found else []
        missing += [] if found else [name]
    service.call("PUT", f"/knowledge/bases/{base_id}/access", json={"visibility": base.visibility, "grants": grants})


def _upload(
    service: Api, archive: Archive, base_id: str, there: dict[str, list[dict[str, Any]]], outcome: Outcome
) -> list[tuple[ExportedFile, str]]:
    """(file, the document that it became). Versions of one file wait for each other: the last one is to answer."""
    numbers, sent = Counter(file.filename for file in archive.base.files), Counter[str]()
    documents: list[tuple[ExportedFile, str]] = []
    for file in archive.base.files:
        known = there.get(file.filename, [])[sent[file.filename] :][:1]
        document_id = known[0]["id"] if known and _is_done(known[0]) else _send(service, archive, base_id, file)
        sent[file.filename] += 1
        if document_id in {other for _, other in documents}:
            outcome.same_bytes.append(file.filename)
            continue
        documents.append((file, document_id))
        if sent[file.filename] < numbers[file.filename]:
            _wait(service, document_id)
    return documents


def _is_done(document: dict[str, Any]) -> bool:
    """Bytes whose way here was cut short are sent again, which takes up the document that awaits them."""
    return bool(document["status"] == "indexed" or document["superseded_by"])


def _send(service: Api, archive: Archive, base_id: str, file: ExportedFile) -> str:
    err.print(file.filename, style="dim") if err.is_terminal else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        archive.extract(file, path)
        return upload(service, base_id, path, filename=file.filename, metadata=file.metadata)


def _wait(service: Api, document_id: str) -> dict[str, Any]:
    while (document := service.call("GET", f"/knowledge/documents/{document_id}"))["status"] == "processing":
        time.sleep(_POLL_S)
    return dict(document)


def _finish(service: Api, file: ExportedFile, document_id: str, outcome: Outcome) -> None:
    document = _wait(service, document_id)
    outcome.files += 1
    if file.was_indexed and document["status"] != "indexed":
        outcome.failed.append(file.filename)
    elif file.changes:
        outcome.edits_not_applied += apply(service, document_id, file.changes)


def _lines(outcome: Outcome, name: str) -> list[tuple[str, str]]:
    lines = [(text("imported", base=name, count=outcome.files), "")]
    lines += [(text("import_failed", name=filename), "red") for filename in outcome.failed]
    lines += [(text("import_same_bytes", name=filename), "yellow") for filename in outcome.same_bytes]
    if outcome.edits_not_applied:
        lines.append((text("edits_not_imported", count=outcome.edits_not_applied), "yellow"))
    absent = [*outcome.missing_members, *(f"group:{group}" for group in outcome.missing_groups)]
    return lines + ([(text("members_missing", names=", ".join(absent)), "yellow")] if absent else [])
