"""Commands ``voicehelper members …``, ``access``, ``workspaces`` and ``switch``: who belongs where, and may do what."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from voicehelper_cli import names
from voicehelper_cli.api import EXIT_NOT_FOUND, Api, CliError
from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Members of your workspace, invitations and groups.")
groups = typer.Typer(no_args_is_help=True, help="Groups of members, to which access is granted at once.")
app.add_typer(groups, name="groups")

_GROUP: Final = "group:"
_RIGHTS: Final = ("read", "write", "manage")


@app.command("list")
def list_members() -> None:
    """List members, with role and groups."""
    members = list(api().pages("/members"))
    rows = [
        (item["email"], item["role"], ", ".join(group["name"] for group in item["groups"]), item["user_id"])
        for item in members
    ]
    show_table(members, ("name", "role", "groups", "id"), rows)


@app.command("invite")
def invite(
    email: str,
    role: Annotated[str, typer.Option(help="owner, admin, editor or reader.")] = "reader",
    base: Annotated[list[str] | None, typer.Option(help="A restricted base to read besides; may be repeated.")] = None,
) -> None:
    """Invite somebody. The link is shown once, works once and ends after seven days."""
    service = api()
    bases = [service.base_id(name) for name in base or ()]
    made = service.call("POST", "/members/invitations", json={"email": email, "role": role, "bases": bases})
    show(made, (text("invited", email=email), ""), (made["url"], "bold"))


@app.command("join")
def join(invitation: Annotated[str, typer.Argument(help="The link, or its token.")]) -> None:
    """Join another workspace by an invitation, with the account that is signed in."""
    joined = api().call("POST", "/members/invitations/accept", json={"invitation": token_of(invitation)})
    show(joined, (text("joined", name=joined["name"], role=joined["role"]), ""))


def token_of(invitation: str) -> str:
    """Of a link, or the token itself."""
    return invitation.rpartition("invitation=")[2].strip()


@app.command("role")
def change_role(email: str, role: str) -> None:
    """Give a member another role; the member signs in again."""
    service = api()
    member = service.call("PATCH", f"/members/{member_id(service, email)}", json={"role": role})
    show(member, (text("role_changed", email=member["email"], role=member["role"]), ""))


@app.command("remove")
def remove(email: str, yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False) -> None:
    """Remove a member, or leave by your own address; documents stay."""
    service = api()
    user_id = member_id(service, email)
    if not yes:
        typer.confirm(text("confirm_remove", email=email), abort=True, err=True)
    service.call("DELETE", f"/members/{user_id}")
    show({"user_id": user_id}, (text("removed", email=email), ""))


@groups.command("list")
def list_groups() -> None:
    """List groups."""
    found = list(api().pages("/groups"))
    show_table(found, ("name", "members", "id"), [(g["name"], str(g["member_count"]), g["id"]) for g in found])


@groups.command("create")
def create_group(name: str) -> None:
    """Make an empty group."""
    group = api().call("POST", "/groups", json={"name": name})
    show(group, (text("group_ready", name=group["name"]), ""))


@groups.command("delete")
def delete_group(name: str) -> None:
    """Delete a group, and what it was granted."""
    service = api()
    found = group_id(service, name)
    service.call("DELETE", f"/groups/{found}")
    show({"id": found}, (text("deleted"), ""))


@groups.command("set")
def set_group(name: str, emails: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Say who is in a group; who is not named leaves it."""
    service = api()
    members = [member_id(service, email) for email in emails or ()]
    group = service.call("PUT", f"/groups/{group_id(service, name)}/members", json={"members": members})
    show(group, (text("group_set", name=group["name"], count=group["member_count"]), ""))


def access(
    base: str,
    restrict: Annotated[bool, typer.Option("--restrict", help="Only those with a grant see the base.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="The whole workspace sees the base.")] = False,
    grant: Annotated[
        list[str] | None, typer.Option(help="WHO=RIGHT: an address or group:NAME, and read, write or manage.")
    ] = None,
    revoke: Annotated[list[str] | None, typer.Option(help="WHO: an address or group:NAME.")] = None,
) -> None:
    """Show who may use a knowledge base, or change it."""
    service = api()
    path = f"/knowledge/bases/{service.base_id(base)}/access"
    now = service.call("GET", path)
    grants = {_who(item): item["right"] for item in now["grants"]}
    for who in revoke or ():
        grants.pop(_resolve(service, who), None)
    grants |= {_resolve(service, who): right for who, right in map(_parsed, grant or ())}
    visibility = "restricted" if restrict else "workspace" if open_ else now["visibility"]
    if restrict or open_ or grant or revoke:
        wanted = [{kind: key, "right": right} for (kind, key), right in grants.items()]
        now = service.call("PUT", path, json={"visibility": visibility, "grants": wanted})
    is_open = now["visibility"] == "workspace"
    headline = text("access_workspace", base=base) if is_open else text("access_restricted", base=base)
    show(now, (headline, ""), *_lines(service, now["grants"]))


def _who(item: dict[str, Any]) -> tuple[str, str]:
    kind = "member" if item.get("member") else "group"
    return kind, str(item[kind])


def _parsed(grant: str) -> tuple[str, str]:
    who, _, right = grant.rpartition("=")
    if not who or right not in _RIGHTS:
        raise typer.BadParameter(text("grant_form", grant=grant))
    return who, right


def _resolve(service: Api, who: str) -> tuple[str, str]:
    if who.startswith(_GROUP):
        return "group", group_id(service, who.removeprefix(_GROUP))
    return "member", member_id(service, who)


def _lines(service: Api, grants: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if not grants:
        return []
    known = {str(item["user_id"]): str(item["email"]) for item in service.pages("/members")}
    known |= {str(item["id"]): f"{_GROUP}{item['name']}" for item in service.pages("/groups")}
    return [(f"{known.get(key, key)} = {item['right']}", "") for item in grants for _, key in [_who(item)]]


def member_id(service: Api, email: str) -> str:
    """The id of the member with this address or id."""
    for member in service.pages("/members"):
        if email == member["user_id"] or names.is_same(email, member["email"]):
            return str(member["user_id"])
    raise CliError(text("no_member", email=email), hint="voicehelper members list", exit_code=EXIT_NOT_FOUND)


def group_id(service: Api, name: str) -> str:
    """The id of the group with this name or id."""
    for group in service.pages("/groups"):
        if name == group["id"] or names.is_same(name, group["name"]):
            return str(group["id"])
    raise CliError(text("no_group", name=name), hint="voicehelper members groups list", exit_code=EXIT_NOT_FOUND)


def list_workspaces() -> None:
    """List the workspaces that you are a member of."""
    found = list(api().pages("/workspaces"))
    rows = [(f"{'* ' if item['current'] else ''}{item['name']}", item["role"], item["id"]) for item in found]
    show_table(found, ("name", "role", "id"), rows)


def switch(workspace: Annotated[str, typer.Argument(help="Name or id.")]) -> None:
    """Go on in another workspace."""
    service = api()
    found = [w for w in service.pages("/workspaces") if workspace == w["id"] or names.is_same(workspace, w["name"])]
    if len(found) != 1:
        hint = "voicehelper workspaces"
        raise CliError(text("no_workspace", name=workspace, count=len(found)), hint=hint, exit_code=EXIT_NOT_FOUND)
    user = service.switch(str(found[0]["id"]))
    show(user, (text("switched", name=found[0]["name"]), ""))
