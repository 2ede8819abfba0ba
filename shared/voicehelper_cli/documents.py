"""voicehelper documents …"""

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
    """All documents of a base."""
    service = api()
    documents = list(service.pages(f"/knowledge/bases/{service.base_id(base)}/documents"))
    rows = [(item["filename"], _state(item), str(item["chunk_count"]), item["id"]) for item in documents]
    show_table(documents, ("file", "status", "chunks", "id"), rows)


@app.command("status")
def document_status(document_id: str) -> None:
    """How far a document is."""
    document = api().call("GET", f"/knowledge/documents/{document_id}")
    chunks = text("chunks", count=document["chunk_count"])
    show(document, (f"{document['filename']} · {_state(document)} · {chunks}", ""))


def _state(document: dict[str, Any]) -> str:
    if document["error"]:
        return str(document["error"]["message"])
    return f"{document['status']} ({document['stage']})" if document["status"] == "processing" else document["status"]


@app.command("delete")
def delete_document(document_id: str) -> None:
    """Delete a document; it answers nothing from then on."""
    api().call("DELETE", f"/knowledge/documents/{document_id}")
    show({"id": document_id}, (text("deleted"), ""))


@app.command("retry")
def retry_document(document_id: str) -> None:
    """Try a failed document again, from the step that failed."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/retry"), (text("started"), ""))


@app.command("reindex")
def reindex_document(document_id: str) -> None:
    """Read and index a document anew from the kept file."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/reindex"), (text("started"), ""))
