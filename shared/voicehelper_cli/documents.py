"""Commands ``voicehelper documents …``: list, inspect, delete, retry, re-index and restore documents, by name or id."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Documents of a knowledge base.")

Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help="File name or id.")]
InBase = Annotated[str, typer.Option("--base", "-b", help="Knowledge base of the document; all of them by default.")]


@app.command("list")
def list_documents(
    base: Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")] = "default",
) -> None:
    """List the current documents of a knowledge base."""
    documents = api().documents(base)
    rows = [(item["filename"], _status(item), str(item["chunk_count"]), item["id"]) for item in documents]
    show_table(documents, ("file", "status", "chunks", "id"), rows)


@app.command("status")
def document_status(document: Document, base: InBase = "") -> None:
    """Show how far a document is, or why it failed."""
    service = api()
    shown = service.call("GET", f"/knowledge/documents/{service.document_id(document, base)}")
    chunks = text("chunks", count=shown["chunk_count"])
    reason = f"\n{shown['error']['message']}" if shown["error"] else ""
    show(shown, (f"{shown['filename']} · {_status(shown)} · {chunks}{reason}", ""))


@app.command("versions")
def list_versions(document: Document, base: InBase = "") -> None:
    """List the versions of a document's file, newest first."""
    service = api()
    versions = list(service.pages(f"/knowledge/documents/{service.document_id(document, base)}/versions"))
    rows = [(str(item["version"]), _uploaded(item), _status(item), item["id"]) for item in versions]
    show_table(versions, ("version", "uploaded", "status", "id"), rows)


def _uploaded(document: dict[str, Any]) -> str:
    return str(document["created_at"])[:16].replace("T", " ")


def _status(document: dict[str, Any]) -> str:
    """One word, so that a list keeps its columns; ``status`` says why a document failed."""
    if document["superseded_by"]:
        return text("superseded")
    return f"{document['status']} ({document['stage']})" if document["status"] == "processing" else document["status"]


@app.command("restore")
def restore_version(document_id: str) -> None:
    """Make a superseded version current again; `documents versions` shows its id."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/restore"), (text("restoring"), ""))


@app.command("delete")
def delete_document(document: Document, base: InBase = "") -> None:
    """Delete a document with the versions it superseded; answers no longer use it."""
    service = api()
    document_id = service.document_id(document, base)
    service.call("DELETE", f"/knowledge/documents/{document_id}")
    show({"id": document_id}, (text("deleted"), ""))


@app.command("retry")
def retry_document(document: Document, base: InBase = "") -> None:
    """Retry a failed document from the step that failed."""
    _start(document, base, "retry")


@app.command("reindex")
def reindex_document(document: Document, base: InBase = "") -> None:
    """Parse and index a document again from its stored file."""
    _start(document, base, "reindex")


def _start(document: str, base: str, verb: str) -> None:
    service = api()
    document_id = service.document_id(document, base)
    show(service.call("POST", f"/knowledge/documents/{document_id}/{verb}"), (text("started"), ""))
