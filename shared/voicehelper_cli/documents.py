"""Commands ``voicehelper documents …``: list, inspect, delete, retry and re-index documents."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Documents of a knowledge base.")


@app.command("list")
def list_documents(
    base: Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")] = "default",
) -> None:
    """List the documents of a knowledge base."""
    service = api()
    documents = list(service.pages(f"/knowledge/bases/{service.base_id(base)}/documents"))
    rows = [(item["filename"], _status(item), str(item["chunk_count"]), item["id"]) for item in documents]
    show_table(documents, ("file", "status", "chunks", "id"), rows)


@app.command("status")
def document_status(document_id: str) -> None:
    """Show the processing status of a document."""
    document = api().call("GET", f"/knowledge/documents/{document_id}")
    chunks = text("chunks", count=document["chunk_count"])
    show(document, (f"{document['filename']} · {_status(document)} · {chunks}", ""))


def _status(document: dict[str, Any]) -> str:
    if document["error"]:
        return str(document["error"]["message"])
    return f"{document['status']} ({document['stage']})" if document["status"] == "processing" else document["status"]


@app.command("delete")
def delete_document(document_id: str) -> None:
    """Delete a document; answers no longer use it."""
    api().call("DELETE", f"/knowledge/documents/{document_id}")
    show({"id": document_id}, (text("deleted"), ""))


@app.command("retry")
def retry_document(document_id: str) -> None:
    """Retry a failed document from the step that failed."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/retry"), (text("started"), ""))


@app.command("reindex")
def reindex_document(document_id: str) -> None:
    """Parse and index a document again from its stored file."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/reindex"), (text("started"), ""))
