"""The command line, over HTTP only.

Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 not signed in · 4 not found · 5 not reachable ·
6 a document ended as failed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from voicehelper_cli import bases, conversations, documents
from voicehelper_cli.api import EXIT_DOCUMENT_FAILED, EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.output import Choices, api, err, show, show_error
from voicehelper_cli.progress import files_of, upload_all
from voicehelper_cli.texts import text

EXIT_CODES = (
    "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not signed in, 4 not found, 5 not reachable, "
    "6 a document ended as failed."
)
# Without typer's own traceback: it would print local variables, passwords among them.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask a company's documents, with the page.",
    epilog=EXIT_CODES,
)
app.add_typer(bases.app, name="base")
app.add_typer(documents.app, name="documents")
app.add_typer(conversations.app, name="conversations")

BaseOption = Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")]
PasswordOption = Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="VOICEHELPER_PASSWORD")]


@app.callback()
def choose(
    url: Annotated[str, typer.Option(envvar="VOICEHELPER_URL", help="The service's address.")] = Choices.url,
    as_json: Annotated[bool, typer.Option("--json", help="Print the service's own JSON.")] = False,
) -> None:
    Choices.url, Choices.as_json = url.rstrip("/"), as_json


@app.command()
def register(
    email: str, password: PasswordOption, username: Annotated[str, typer.Option(help="3 to 32 characters.")] = ""
) -> None:
    """Create an account with a workspace of its own, and sign in."""
    service = api()
    name = username or email.partition("@")[0][:32].ljust(3, "_")
    user = service.call("POST", "/auth/register", json={"email": email, "password": password, "username": name})
    service.sign_in(email, password)
    show(user, (text("welcome", username=user["username"], url=Choices.url), ""))


@app.command()
def login(email: str, password: PasswordOption) -> None:
    """Sign in; the session is kept for you alone and renews itself."""
    user = api().sign_in(email, password)
    show(user, (text("signed_in", email=user["email"]), ""))


@app.command()
def logout() -> None:
    """Sign out; the tokens die."""
    api().sign_out()
    show({}, (text("signed_out"), ""))


@app.command()
def whoami() -> None:
    """Who is signed in."""
    user = api().call("GET", "/users/me")
    show(user, (f"{user['username']} <{user['email']}>", ""))


@app.command()
def upload(paths: list[Path], base: BaseOption = "default") -> None:
    """Upload files or folders and watch them until they can be asked; a missing base is created."""
    service, files = api(), files_of(paths)
    ended = upload_all(service, _base_or_new(service, base), files, err)
    show(ended, *(_outcome(document) for document in ended))
    if any(document["status"] != "indexed" for document in ended):
        raise typer.Exit(EXIT_DOCUMENT_FAILED)


def _base_or_new(service: Api, name: str) -> str:
    try:
        return service.base_id(name)
    except CliError as error:
        if error.exit_code != EXIT_NOT_FOUND:
            raise
    return str(service.call("POST", "/knowledge/bases", json={"name": name, "display_name": name})["id"])


def _outcome(document: dict[str, Any]) -> tuple[str, str]:
    if document["status"] == "indexed":
        warned = "".join(f" · {problem['message']}" for problem in document["warnings"])
        chunks = text("chunks", count=document["chunk_count"])
        return f"✓ {document['filename']}: {chunks}{warned}", "yellow" if warned else "green"
    return f"✗ {document['filename']}: {document['error']['message']}", "red"


@app.command()
def ask(
    question: str,
    base: BaseOption = "default",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="Sources to show.")] = 5,
    mode: Annotated[str, typer.Option(help="simple, hybrid or ultimate.")] = "ultimate",
) -> None:
    """Ask a question; the answer names its sources."""
    service = api()
    body = {"query": question, "kb_id": service.base_id(base), "top_k": top_k, "mode": mode}
    answer = service.call("POST", "/rag/query", json=body)
    sources = [(_citation(number, source), "") for number, source in enumerate(answer["sources"], start=1)]
    show(answer, (f"\n{answer['answer']}\n", ""), *sources, (_timings(answer["metrics"]), "dim"))


def _citation(number: int, source: dict[str, Any]) -> str:
    page = f"  {text('page', page=source['page'])}" if source["page"] is not None else ""
    return f"[{number}] {source['title']}{page}  ({source['score']:.2f})"


def _timings(metrics: dict[str, Any]) -> str:
    return text(
        "timings",
        search=metrics["retrieval_latency"],
        answer=metrics["generation_latency"],
        total=metrics["total_latency"],
        tokens=metrics["tokens_used"],
        cost=metrics["cost_usd"],
    )


def run() -> None:
    """The entry point: errors as sentences, never as stack traces."""
    try:
        app()
    except CliError as error:
        show_error(error)
        raise SystemExit(error.exit_code) from None
