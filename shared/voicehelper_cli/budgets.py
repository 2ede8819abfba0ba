"""Commands ``voicehelper budgets …``: what the workspace, a member or a key may spend on hosted models in a month."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from voicehelper_cli.api import Api
from voicehelper_cli.keys import find_key
from voicehelper_cli.members import member_id
from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Monthly budgets, for administrators.")

WORKSPACE: Final = "workspace"
Whose = Annotated[str, typer.Argument(help="workspace, a member's address, or the name or id of a key.")]


@app.command("list")
def list_budgets() -> None:
    """List the budgets, and what is used of each this month."""
    budgets = list(api().pages("/budgets"))
    rows = [
        (
            budget["name"] or budget["kind"],
            budget["kind"],
            _usd(budget["limit_usd"]),
            _usd(budget["used_usd"]),
            budget["resets_at"][:10],
            budget["id"],
        )
        for budget in budgets
    ]
    show_table(budgets, ("whose", "kind", "limit", "used", "resets", "id"), rows)


@app.command("set")
def set_budget(whose: Whose, usd: Annotated[float, typer.Argument(min=0, help="US dollars a month.")]) -> None:
    """Set a budget; calls that it does not hold are refused before the model is asked."""
    service = api()
    budget = service.call("PUT", f"/budgets/{_subject(service, whose)}", json={"limit_usd": usd})
    show(budget, (text("budget_set", name=whose, limit=_usd(budget["limit_usd"]), used=_usd(budget["used_usd"])), ""))


@app.command("remove")
def remove_budget(whose: Whose) -> None:
    """Remove a budget; what the deployment allows each workspace stays."""
    service = api()
    subject = _subject(service, whose)
    service.call("DELETE", f"/budgets/{subject}")
    show({"id": subject}, (text("budget_removed", name=whose), ""))


def _subject(service: Api, whose: str) -> str:
    """As the paths of the service name it."""
    if whose == WORKSPACE:
        return WORKSPACE
    if "@" in whose:
        return member_id(service, whose)
    key: dict[str, Any] = find_key(service, whose)
    return str(key["id"])


def _usd(amount: float) -> str:
    return f"${amount:.2f}"
