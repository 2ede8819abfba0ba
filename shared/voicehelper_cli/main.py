"""The command ``voicehelper``: account commands, upload and ask; the other modules add their groups.

Entry function: ``run``, which turns CliError into a message and an exit code (EXIT_CODES).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from voicehelper_cli import bases, conversations, documents
from voicehelper_cli.api import EXIT_DOCUMENT_FAILED, EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.output import Options, api, err, show, show_error
from voicehelper_cli.progress import files_of, upload_all
from voicehelper_cli.texts import text

EXIT_CODES = (
    "Exit codes: 0 success, 1 request refused or failed, 2 wrong usage, 3 not signed in, 4 not found, "
    "5 service unreachable, 6 a document could not be processed."
)
# Typer's own traceback is off: it prints local variables, which include passwords.
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask questions about your documents; answers cite file and page.",
    epilog=EXIT_CODES,
)
app.add_typer(bases.app, name="base")
app.add_typer(documents.app, name="documents")
app.add_typer(conversations.app, name="conversations")

BaseOption = Annotated[str, typer.Option("--base", "-b", help="Name or id of the knowledge base.")]
PasswordOption = Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="VOICEHELPER_PASSWORD")]


@app.callback()
def set_options(
    url: Annotated[str, typer.Option(envvar="VOICEHELPER_URL", help="Address of the service.")] = Options.url,
    as_json: Annotated[bool, typer.Option("--json", help="Print the service's JSON response.")] = False,
) -> None:
    Options.url, Options.as_json = url.rstrip("/"), as_json


@app.command()
def register(
    email: str, password: PasswordOption, username: Annotated[str, typer.Option(help="3 to 32 characters.")] = ""
) -> None:
    """Create an account with its own workspace and sign in."""
    service = api()
    name = username or email.partition("@")[0][:32].ljust(3, "_")
    user = service.call("POST", "/auth/register", json={"email": email, "password": password, "username": name})
    service.sign_in(email, password)
    show(user, (text("welcome", username=user["username"], url=Options.url), ""))


@app.command()
def login(email: str, password: PasswordOption) -> None:
    """Sign in. The session file is readable by you alone; tokens are renewed automatically."""
    user = api().sign_in(email, password)
    show(user, (text("signed_in", email=user["email"]), ""))


@app.command()
def logout() -> None:
    """Sign out and revoke the tokens."""
    api().sign_out()
    show({}, (text("signed_out"), ""))


@app.command()
def whoami() -> None:
    """Show the signed-in user."""
    user = api().call("GET", "/users/me")
    show(user, (f"{user['username']} <{user['email']}>", ""))


@app.command()
def upload(paths: list[Path], base: BaseOption = "default") -> None:
    """Upload files or folders and wait until they are indexed. Creates the knowledge base if it is missing."""
    service, files = api(), files_of(paths)
    results = upload_all(service, _get_or_create_base(service, base), files, err)
    show(results, *(_outcome(document) for document in results))
    if any(document["status"] != "indexed" for document in results):
        raise typer.Exit(EXIT_DOCUMENT_FAILED)


def _get_or_create_base(service: Api, name: str) -> str:
    try:
        return service.base_id(name)
    except CliError as error:
        if error.exit_code != EXIT_NOT_FOUND:
            raise
    return str(service.call("POST", "/knowledge/bases", json={"name": name, "display_name": name})["id"])


def _outcome(document: dict[str, Any]) -> tuple[str, str]:
    if document["status"] == "indexed":
        warnings = "".join(f" · {problem['message']}" for problem in document["warnings"])
        chunks = text("chunks", count=document["chunk_count"])
        return f"✓ {document['filename']}: {chunks}{warnings}", "yellow" if warnings else "green"
    return f"✗ {document['filename']}: {document['error']['message']}", "red"


@app.command()
def ask(
    question: str,
    base: BaseOption = "default",
    top_k: Annotated[int, typer.Option(min=1, max=20, help="Number of sources.")] = 5,
    mode: Annotated[str, typer.Option(help="simple, hybrid or ultimate.")] = "ultimate",
) -> None:
    """Ask a question. The answer cites its sources."""
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
    """The console script: prints a CliError as a message, never as a stack trace, and exits with its code."""
    try:
        app()
    except CliError as error:
        show_error(error)
        raise SystemExit(error.exit_code) from None
