"""Commands ``voicehelper base …``: create, list, delete, retry and re-index knowledge bases."""

from __future__ import annotations

from typing import Annotated

import typer

from voicehelper_cli.names import base_name
from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Knowledge bases.")


@app.command("create")
def create_base(name: str, display_name: str = "", description: str = "") -> None:
    """Create a knowledge base, with any name."""
    body = {"name": base_name(name), "display_name": display_name or name, "description": description}
    base = api().call("POST", "/knowledge/bases", json=body)
    show(base, (text("base_ready", name=name, id=base["id"]), ""))


@app.command("list")
def list_bases() -> None:
    """List knowledge bases."""
    bases = list(api().pages("/knowledge/bases"))
    rows = [
        (base["display_name"] or base["name"], str(base["document_count"]), str(base["chunk_count"]), base["id"])
        for base in bases
    ]
    show_table(bases, ("name", "documents", "chunks", "id"), rows)


@app.command("delete")
def delete_base(name: str, yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False) -> None:
    """Delete a knowledge base and all its documents."""
    service = api()
    base_id = service.base_id(name)
    if not yes:
        typer.confirm(text("confirm_delete", name=name), abort=True, err=True)
    service.call("DELETE", f"/knowledge/bases/{base_id}")
    show({"id": base_id}, (text("base_deleted", name=name), ""))


@app.command("retry")
def retry_base(name: str) -> None:
    """Retry the documents that failed for a temporary reason."""
    service = api()
    accepted = service.call("POST", f"/knowledge/bases/{service.base_id(name)}/retry")
    show(accepted, (text("retrying", **accepted), ""))


@app.command("reindex")
def reindex_base(name: str) -> None:
    """Re-index every document with the current embedding model."""
    service = api()
    accepted = service.call("POST", f"/knowledge/bases/{service.base_id(name)}/reindex")
    show(accepted, (text("reindexing", **accepted), ""))
