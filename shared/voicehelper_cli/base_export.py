"""``voicehelper export``: one knowledge base as a file, over the API alone.

Files of all versions, metadata, what people changed in chunks, and who has access. The vectors are not part of it: the
other side makes its own.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import Api, CliError
from voicehelper_cli.base_archive import ArchiveWriter, ExportedBase, ExportedFile, Grant, replacing
from voicehelper_cli.base_changes import changes_of
from voicehelper_cli.output import api, err, show
from voicehelper_cli.texts import text
from voicehelper_cli.transfers import download

_HIDDEN: Final = ("RIGHT_MISSING", "SCOPE_MISSING")


def export_base(
    base: Annotated[str, typer.Argument(help="Name or id of the knowledge base.")],
    file: Annotated[Path, typer.Argument(help="The zip to write.")],
) -> None:
    """Write a knowledge base to a file: documents with their versions, metadata, edited chunks, access."""
    service = api()
    details = service.call("GET", f"/knowledge/bases/{service.base_id(base)}")
    visibility, grants = _access(service, details["id"])
    with replacing(file) as stream, ArchiveWriter(stream) as writer:
        files, left_out = _add_files(service, details["id"], writer, file.parent)
        writer.finish(
            ExportedBase(details["name"], details["display_name"], details["description"], visibility, grants, files)
        )
    shown = {"files": len(files), "left_out": left_out, "access": bool(visibility)}
    lines = [(text("exported", file=file, count=len(files)), "")]
    lines += [(text("export_left_out", name=name), "yellow") for name in left_out]
    lines += [] if visibility else [(text("access_not_exported"), "yellow")]
    show(shown, *lines)


def _access(service: Api, base_id: str) -> tuple[str, list[Grant]]:
    """Empty for who may use the base, and not see who else may."""
    try:
        access = service.call("GET", f"/knowledge/bases/{base_id}/access")
        emails = {item["user_id"]: item["email"] for item in service.pages("/members")}
        names = {item["id"]: item["name"] for item in service.pages("/groups")}
    except CliError as error:
        if (error.body or {}).get("code") not in _HIDDEN:
            raise
        return "", []
    grants = [
        Grant(emails.get(item.get("member"), ""), names.get(item.get("group"), ""), item["right"])
        for item in access["grants"]
    ]
    return access["visibility"], [grant for grant in grants if grant.member or grant.group]


def _add_files(service: Api, base_id: str, writer: ArchiveWriter, folder: Path) -> tuple[list[ExportedFile], list[str]]:
    """The files, and the names of documents whose file never arrived."""
    files, left_out = [], []
    for document in _in_upload_order(service, base_id):
        err.print(document["filename"], style="dim") if err.is_terminal else None
        added = _add_file(service, document, writer, folder)
        files += [added] if added else []
        left_out += [] if added else [document["filename"]]
    return files, left_out


def _in_upload_order(service: Api, base_id: str) -> Iterator[dict[str, Any]]:
    """Files with several versions first, the oldest version of each first: bytes that another one has left are free."""
    by_name: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for document in service.pages(f"/knowledge/bases/{base_id}/documents"):
        path = f"/knowledge/documents/{document['id']}/versions"
        versions = service.pages(path) if document["version"] > 1 else [document]
        by_name[document["filename"]] |= {version["id"]: version for version in versions}
    groups = [sorted(found.values(), key=_place) for found in by_name.values()]
    for group in sorted(groups, key=lambda group: (len(group) == 1, group[0]["created_at"], group[0]["id"])):
        yield from group


def _place(document: dict[str, Any]) -> tuple[int, str]:
    return int(document["version"]), str(document["id"])


def _add_file(service: Api, document: dict[str, Any], writer: ArchiveWriter, folder: Path) -> ExportedFile | None:
    with tempfile.TemporaryFile(dir=folder) as stream:
        if not download(service.file_url(document["id"]), stream, name=document["filename"]):
            return None
        stream.seek(0)
        entry, size, digest = writer.add(stream)
    answers = document["status"] == "indexed" and not document["superseded_by"]
    chunks = list(service.pages(f"/knowledge/documents/{document['id']}/chunks")) if answers else []
    return ExportedFile(entry, document["filename"], size, digest, document["metadata"], answers, changes_of(chunks))
