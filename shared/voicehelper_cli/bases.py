"""voicehelper base …"""

from __future__ import annotations

from typing import Annotated

import typer

from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Knowledge bases.")


@app.command("create")
def create_base(name: str, display_name: str = "", description: str = "") -> None:
    """Create a knowledge base; the name takes a-z, 0-9 and _."""
    body = {"name": name, "display_name": display_name or name, "description": description}
    base = api().call("POST", "/knowledge/bases", json=body)
    show(base, (text("base_ready", name=base["name"], id=base["id"]), ""))


@app.command("list")
def list_bases() -> None:
    """All knowledge bases."""
    bases = list(api().pages("/knowledge/bases"))
    rows = [(base["name"], str(base["document_count"]), str(base["chunk_count"]), base["id"]) for base in bases]
    show_table(bases, ("name", "documents", "chunks", "id"), rows)


@app.command("delete")
def delete_base(name: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete a knowledge base with everything in it."""
    service = api()
    base_id = service.base_id(name)
    if not yes:
        typer.confirm(text("confirm_delete", name=name), abort=True, err=True)
    service.call("DELETE", f"/knowledge/bases/{base_id}")
    show({"id": base_id}, (text("base_deleted", name=name), ""))


@app.command("retry")
def retry_base(name: str) -> None:
    """Try every document again that failed for a reason that may have passed."""
    service = api()
    answer = service.call("POST", f"/knowledge/bases/{service.base_id(name)}/retry")
    show(answer, (text("retrying", **answer), ""))


@app.command("reindex")
def reindex_base(name: str) -> None:
    """Build every document again with the current embedding model."""
    service = api()
    answer = service.call("POST", f"/knowledge/bases/{service.base_id(name)}/reindex")
    show(answer, (text("reindexing", **answer), ""))
