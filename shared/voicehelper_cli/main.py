"""The command ``voicehelper``: account commands, upload and ask; the other modules add their groups.

Entry function: ``run``, which turns CliError into a message and an exit code (EXIT_CODES).
"""

from __future__ import annotations

import codecs
import io
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from voicehelper_cli import (
    agents,
    answers,
    base_export,
    base_import,
    bases,
    budgets,
    chunks,
    conversations,
    diagnosis,
    documents,
    evaluation,
    keys,
    members,
    recognition,
    traces,
    voice,
    webhooks,
)
from voicehelper_cli.answers import BaseOption
from voicehelper_cli.api import EXIT_DOCUMENT_FAILED, EXIT_FAILED, EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.arguments import globals_first, readable, with_scheme
from voicehelper_cli.names import base_name
from voicehelper_cli.output import Options, api, err, show, show_error
from voicehelper_cli.progress import files_of, refused, upload_all
from voicehelper_cli.texts import text

EXIT_CODES = (
    "Exit codes: 0 success, 1 request refused or failed, 2 wrong usage, 3 not signed in, 4 not found, "
    "5 service unreachable, 6 a document could not be processed, 7 no answer (ask --strict), 130 interrupted."
)
# Typer's own traceback is off: it prints local variables, which include passwords.
app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Ask questions about your documents; answers cite file and page.",
    epilog=EXIT_CODES,
)
app.command("ask")(answers.ask)
app.command("ocr")(recognition.recognise)
app.command("open")(answers.open_source)
app.command("chunks")(chunks.chunks)
app.command("say")(voice.say)
app.command("listen")(voice.listen)
app.command("diagnose")(diagnosis.diagnose)
app.command("export")(base_export.export_base)
app.command("import")(base_import.import_base)
app.command("eval")(evaluation.evaluate)
app.command("trace")(traces.show_trace)
app.add_typer(bases.app, name="base")
app.add_typer(documents.app, name="documents")
app.add_typer(conversations.app, name="conversations")
app.add_typer(agents.app, name="agent")
app.add_typer(keys.app, name="keys")
app.add_typer(budgets.app, name="budgets")
app.add_typer(members.app, name="members")
app.add_typer(webhooks.app, name="webhooks")
app.command("access")(members.access)
app.command("workspaces")(members.list_workspaces)
app.command("switch")(members.switch)

PasswordOption = Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="VOICEHELPER_PASSWORD")]
NewPasswordOption = Annotated[
    str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, envvar="VOICEHELPER_PASSWORD")
]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"voicehelper {_version_of('voicehelper-cli') or _version_of('voicehelper')}")
        raise typer.Exit


def _version_of(package: str) -> str:
    """Empty if it is not installed: the command line comes as a package of its own, or with the whole product."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


@app.callback()
def set_options(
    url: Annotated[str, typer.Option(envvar="VOICEHELPER_URL", help="Address of the service.")] = Options.url,
    key: Annotated[
        str, typer.Option(envvar="VOICEHELPER_API_KEY", show_default=False, help="An API key, instead of signing in.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the service's JSON response.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """These options may stand anywhere."""
    Options.url, Options.key, Options.as_json = with_scheme(url) or Options.url, key, as_json


@app.command()
def register(
    email: str,
    password: NewPasswordOption,
    username: Annotated[str, typer.Option(help="3 to 32 characters.")] = "",
    invitation: Annotated[str, typer.Option(help="The link of an invitation, or its token.")] = "",
) -> None:
    """Create an account, with its own workspace or in that of an invitation, and sign in."""
    service = api()
    name = username or email.partition("@")[0][:32].ljust(3, "_")
    body = {"email": email, "password": password, "username": name}
    body |= {"invitation": members.token_of(invitation)} if invitation else {}
    user = service.call("POST", "/auth/register", json=body)
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
    service = api()
    files, missing = files_of(paths)
    results = [refused(path, text("no_path", path=path)) for path in missing]
    results += upload_all(service, _get_or_create_base(service, base), files, err)
    show(results, *(_outcome(document) for document in results))
    if any(document["status"] != "indexed" for document in results):
        raise typer.Exit(EXIT_DOCUMENT_FAILED)


def _get_or_create_base(service: Api, name: str) -> str:
    try:
        return service.base_id(name)
    except CliError as error:
        if error.exit_code != EXIT_NOT_FOUND:
            raise
    new = {"name": base_name(name), "display_name": name}
    return str(service.call("POST", "/knowledge/bases", json=new)["id"])


def _outcome(document: dict[str, Any]) -> tuple[str, str]:
    if document["status"] == "indexed":
        warnings = "".join(f" · {problem['message']}" for problem in document["warnings"])
        chunks = text("chunks", count=document["chunk_count"])
        return f"✓ {document['filename']}: {chunks}{warnings}", "yellow" if warnings else "green"
    return f"✗ {document['filename']}: {document['error']['message']}", "red"


def run() -> None:
    """The console script: prints a failure as a message, never as a stack trace, and exits with its code."""
    _speak_utf8()
    try:
        app(args=globals_first([readable(argument) for argument in sys.argv[1:]]))
    except CliError as error:
        show_error(error)
        raise SystemExit(error.exit_code) from None
    except Exception as error:  # noqa: BLE001  (the last resort of an entry point)
        show_error(CliError(text("failure", reason=f"{type(error).__name__}: {error}")))
        raise SystemExit(EXIT_FAILED) from None


def _speak_utf8() -> None:
    """A terminal of the C locale would refuse everything but ASCII; one that cannot show a character shows a mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding="utf-8" if is_ascii else None, errors="replace")
