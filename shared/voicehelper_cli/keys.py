"""Commands ``voicehelper keys …``: make, list and revoke API keys, and keep one for the commands that follow."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from voicehelper_cli import names
from voicehelper_cli.api import EXIT_FAILED, EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.output import Options, api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="API keys, for programs that call the service.")

_PERIOD: Final = re.compile(r"([0-9]{1,5})(h|d|w)")
_HOURS: Final = {"h": 1, "d": 24, "w": 7 * 24}


@app.command("create")
def create_key(
    name: str,
    scope: Annotated[
        list[str], typer.Option(help="ask, retrieve, write or admin; may be repeated.", show_default="ask, retrieve")
    ] = ["ask", "retrieve"],  # noqa: B006  (typer copies it)
    base: Annotated[list[str], typer.Option(help="A base that the key sees; may be repeated. Default: all.")] = [],  # noqa: B006
    expires: Annotated[str, typer.Option(help="90d, 12h, 4w or a date such as 2027-01-31. Default: never.")] = "",
) -> None:
    """Make a key. It is shown this once: keep it where secrets are kept."""
    service = api()
    body: dict[str, Any] = {"name": name, "scopes": scope, "expires_at": expiry(expires, datetime.now(UTC))}
    body["bases"] = [service.base_id(item) for item in base] or None
    key = service.call("POST", "/keys", json=body)
    show(key, (key["key"], ""), (f"→ {text('key_ready', id=key['id'])}", "dim"))


def expiry(wanted: str, now: datetime) -> str | None:
    """When a key that is made now ends, for the service: a period from now, or a date in the zone of this machine."""
    wanted = wanted.strip().lower()
    if not wanted:
        return None
    try:
        if period := _PERIOD.fullmatch(wanted):
            return (now + timedelta(hours=int(period[1]) * _HOURS[period[2]])).isoformat()
        return datetime.fromisoformat(wanted.upper()).astimezone().isoformat()
    except (ValueError, OverflowError):
        raise CliError(text("no_expiry", value=wanted), hint=text("expiry_forms")) from None


@app.command("list")
def list_keys() -> None:
    """List your keys; administrators see those of the workspace."""
    keys = list(api().pages("/keys"))
    rows = [
        (
            key["name"],
            key["maker"]["email"],
            " ".join(key["scopes"]),
            _bases(key["bases"]),
            _day(key["last_used_at"]),
            _day(key["expires_at"]),
            key["id"],
        )
        for key in keys
    ]
    show_table(keys, ("name", "maker", "scopes", "bases", "last used", "expires", "id"), rows)


def _bases(bases: list[str] | None) -> str:
    return text("all_bases") if bases is None else str(len(bases))


def _day(moment: str | None) -> str:
    return (moment or "")[:16].replace("T", " ") or "-"


@app.command("revoke")
def revoke_key(key: str) -> None:
    """Revoke a key, by its name, its id or its first characters."""
    service = api()
    found = find_key(service, key)
    service.call("DELETE", f"/keys/{found['id']}")
    show({"id": found["id"]}, (text("key_revoked", name=found["name"]), ""))


def find_key(service: Api, wanted: str) -> dict[str, Any]:
    """By name, id or first characters; CliError where none is meant, or several are."""
    keys = list(service.pages("/keys"))
    prefix = wanted.removeprefix("vh_").partition("_")[0]
    found = [key for key in keys if wanted == key["id"] or prefix == key["prefix"]]
    found = found or [key for key in keys if names.is_same(wanted, key["name"])]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(key["id"]) for key in found)
        raise CliError(text("same_key", name=wanted, ids=ids), exit_code=EXIT_FAILED)
    close = names.nearest(wanted, [str(key["name"]) for key in keys])
    hint = text("did_you_mean", names=", ".join(close)) if close else ""
    raise CliError(text("no_key", name=wanted), hint=hint, exit_code=EXIT_NOT_FOUND)


@app.command("use")
def use_key() -> None:
    """Keep the key of --key, of the environment or typed unseen for the commands that follow, instead of a sign-in.

    `voicehelper logout` forgets it.
    """
    key = Options.key or typer.prompt(text("type_key"), hide_input=True)
    user = api().keep_key(key)
    show(user, (text("key_kept", email=user["email"]), ""))
