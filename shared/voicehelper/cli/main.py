"""The command line, over HTTP only.

Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 not signed in · 4 not found · 5 not reachable ·
6 a document ended as failed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from voicehelper.cli.api import EXIT_DOCUMENT_FAILED, EXIT_NOT_FOUND, Api, CliError, default_language
from voicehelper.cli.progress import files_of, upload_all

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Ask a company's documents, with the page.")
base_app = typer.Typer(no_args_is_help=True, help="Knowledge bases.")
documents_app = typer.Typer(no_args_is_help=True, help="Documents of a knowledge base.")
app.add_typer(base_app, name="base")
app.add_typer(documents_app, name="documents")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

BaseOption = Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")]


class Choices:
    """What the global options chose."""

    url = "http://localhost:3000"
    as_json = False


@app.callback()
def choose(
    url: Annotated[str, typer.Option(envvar="VOICEHELPER_URL", help="The service's address.")] = Choices.url,
    as_json: Annotated[bool, typer.Option("--json", help="Print the service's own JSON.")] = False,
) -> None:
    Choices.url, Choices.as_json = url.rstrip("/"), as_json


def api() -> Api:
    return Api(Choices.url, language=default_language())


def show(value: Any, sentence: str = "") -> None:
    if Choices.as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    elif sentence:
        out.print(sentence)


@app.command()
def register(
    email: str,
    username: Annotated[str, typer.Option(help="3 to 32 characters.")] = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True)] = "",
) -> None:
    """Create an account with a workspace of its own, and sign in."""
    service = api()
    name = username or (email.partition("@")[0] + "___")[: max(3, len(email.partition("@")[0]))][:32]
    user = service.call("POST", "/auth/register", json={"email": email, "password": password, "username": name})
    service.sign_in(email, password)
    show(user, f"Welcome, {user['username']}. You are signed in at {Choices.url}.")


@app.command()
def login(email: str, password: Annotated[str, typer.Option(prompt=True, hide_input=True)] = "") -> None:
    """Sign in; the session is kept for you alone and renews itself."""
    user = api().sign_in(email, password)
    show(user, f"Signed in as {user['email']}.")


@app.command()
def logout() -> None:
    """Sign out; the tokens die."""
    api().sign_out()
    show({}, "Signed out.")


@app.command()
def whoami() -> None:
    """Who is signed in."""
    user = api().call("GET", "/users/me")
    show(user, f"{user['username']} <{user['email']}>")


@base_app.command("create")
def create_base(name: str, display_name: str = "", description: str = "") -> None:
    """Create a knowledge base; the name takes a-z, 0-9 and _."""
    body = {"name": name, "display_name": display_name or name, "description": description}
    base = api().call("POST", "/knowledge/bases", json=body)
    show(base, f"Knowledge base {base['name']} ({base['id']}) is ready.")


@base_app.command("list")
def list_bases() -> None:
    """All knowledge bases."""
    bases = list(api().pages("/knowledge/bases"))
    table = _table("name", "documents", "chunks", "id")
    for base in bases:
        table.add_row(base["name"], str(base["document_count"]), str(base["chunk_count"]), base["id"])
    show(bases)
    _print(table)


@base_app.command("delete")
def delete_base(name: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete a knowledge base with everything in it."""
    service = api()
    base_id = service.base_id(name)
    if not yes:
        typer.confirm(f"Delete {name} and every document in it?", abort=True)
    service.call("DELETE", f"/knowledge/bases/{base_id}")
    show({"id": base_id}, f"{name} is deleted.")


@base_app.command("reindex")
def reindex_base(name: str) -> None:
    """Build every document again with the current embedding model."""
    service = api()
    answer = service.call("POST", f"/knowledge/bases/{service.base_id(name)}/reindex")
    show(answer, f"{answer['documents']} documents are being built again with {answer['embedding_model']}.")


@app.command()
def upload(paths: list[Path], base: BaseOption = "default") -> None:
    """Upload files or folders and watch them until they can be asked; a missing base is created."""
    service, files = api(), files_of(paths)
    ended = upload_all(service, _base_or_new(service, base), files, err)
    show(ended)
    for document in ended if not Choices.as_json else []:
        out.print(_outcome(document))
    if any(document["status"] != "indexed" for document in ended):
        raise typer.Exit(EXIT_DOCUMENT_FAILED)


def _base_or_new(service: Api, name: str) -> str:
    try:
        return service.base_id(name)
    except CliError as error:
        if error.exit_code != EXIT_NOT_FOUND:
            raise
        return str(service.call("POST", "/knowledge/bases", json={"name": name, "display_name": name})["id"])


def _outcome(document: dict[str, Any]) -> str:
    if document["status"] == "indexed":
        warned = "".join(f" [yellow]{problem['message']}[/yellow]" for problem in document["warnings"])
        return f"[green]✓[/green] {document['filename']}: {document['chunk_count']} chunks{warned}"
    return f"[red]✗[/red] {document['filename']}: {document['error']['message']}"


@app.command()
def ask(
    question: str,
    base: BaseOption = "default",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="Sources to show.")] = 5,
    mode: str = "ultimate",
) -> None:
    """Ask a question; the answer names its sources."""
    service = api()
    body = {"query": question, "kb_id": service.base_id(base), "top_k": top_k, "mode": mode}
    answer = service.call("POST", "/rag/query", json=body)
    show(answer)
    if not Choices.as_json:
        _show_answer(answer)


def _show_answer(answer: dict[str, Any]) -> None:
    out.print(f"\n{answer['answer']}\n", markup=False)
    for number, source in enumerate(answer["sources"], start=1):
        page = f"  p. {source['page']}" if source["page"] else ""
        out.print(f"[{number}] {source['title']}{page}  ({source['score']:.2f})", markup=False)
    metrics = answer["metrics"]
    parts = (("search", "retrieval_latency"), ("answer", "generation_latency"), ("total", "total_latency"))
    timings = ", ".join(f"{name} {metrics[key]:.2f} s" for name, key in parts)
    out.print(f"[dim]{timings} · {metrics['tokens_used']} tokens, ${metrics['cost_usd']:.4f}[/dim]")


@documents_app.command("list")
def list_documents(base: BaseOption = "default") -> None:
    """All documents of a base."""
    service = api()
    documents = list(service.pages(f"/knowledge/bases/{service.base_id(base)}/documents"))
    table = _table("file", "status", "chunks", "id")
    for document in documents:
        status = document["error"]["message"] if document["error"] else document["status"]
        table.add_row(document["filename"], status, str(document["chunk_count"]), document["id"])
    show(documents)
    _print(table)


@documents_app.command("status")
def document_status(document_id: str) -> None:
    """How far a document is."""
    status = api().call("GET", f"/knowledge/documents/{document_id}/status")
    reason = f": {status['error']['message']}" if status.get("error") else ""
    show(status, f"{status['status']}{reason} · {status['chunk_count']} chunks · {status['processing_time']}")


@documents_app.command("delete")
def delete_document(document_id: str) -> None:
    """Delete a document; it answers nothing from then on."""
    api().call("DELETE", f"/knowledge/documents/{document_id}")
    show({"id": document_id}, "Deleted.")


@documents_app.command("retry")
def retry_document(document_id: str) -> None:
    """Try a failed document again, from the step that failed."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/retry"), "Started again.")


@documents_app.command("reindex")
def reindex_document(document_id: str) -> None:
    """Read and index a document anew from the kept file."""
    show(api().call("POST", f"/knowledge/documents/{document_id}/reindex"), "Started.")


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="dim")
    for column in columns:
        table.add_column(column)
    return table


def _print(table: Table) -> None:
    if not Choices.as_json:
        out.print(table)


def run() -> None:
    """The entry point: errors as sentences, never as stack traces."""
    try:
        app()
    except CliError as error:
        if Choices.as_json and error.body:
            sys.stdout.write(json.dumps(error.body, ensure_ascii=False) + "\n")
        err.print(f"[red]{error}[/red]", highlight=False)
        if error.hint:
            err.print(f"[dim]→ {error.hint}[/dim]")
        raise SystemExit(error.exit_code) from None
