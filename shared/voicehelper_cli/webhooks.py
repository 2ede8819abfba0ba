"""Commands ``voicehelper webhooks …``: have documents and tasks told to another system, and see what it was told."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Webhooks: another system is told when documents and tasks end.")

_EVENTS: Final = ("document.indexed", "document.failed")


@app.command("list")
def list_webhooks() -> None:
    """List the webhooks of the workspace."""
    webhooks = list(api().pages("/webhooks"))
    rows = [(item["url"], _state(item), " ".join(item["events"]), item["id"]) for item in webhooks]
    show_table(webhooks, ("url", "state", "events", "id"), rows)


def _state(webhook: dict[str, Any]) -> str:
    return "on" if webhook["enabled"] else webhook["disabled_reason"] or "off"


@app.command("create")
def create_webhook(
    url: str,
    event: Annotated[
        list[str] | None, typer.Option(help="As task.completed; may be repeated. Default: both of documents.")
    ] = None,
    base: Annotated[list[str] | None, typer.Option(help="Of this base alone; may be repeated. Default: all.")] = None,
    description: str = "",
) -> None:
    """Make a webhook. Its secret is shown this once: the receiver checks signatures with it."""
    service = api()
    body: dict[str, Any] = {"url": url, "events": event or list(_EVENTS), "description": description}
    body["bases"] = [service.base_id(name) for name in base or ()] or None
    made = service.call("POST", "/webhooks", json=body)
    show(made, (made["secret"], ""), (f"→ {text('webhook_ready', id=made['id'])}", "dim"))


@app.command("delete")
def delete_webhook(webhook_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Delete a webhook, with its deliveries."""
    api().call("DELETE", f"/webhooks/{webhook_id}")
    show({"id": webhook_id}, (text("deleted"), ""))


@app.command("ping")
def ping(webhook_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Send a test delivery."""
    delivery = api().call("POST", f"/webhooks/{webhook_id}/ping")
    show(delivery, (text("delivery_queued", id=delivery["id"]), ""))


@app.command("deliveries")
def list_deliveries(
    webhook_id: Annotated[str, typer.Argument(metavar="ID")],
    status: Annotated[str, typer.Option(help="pending, delivered or dead. Default: all.")] = "",
) -> None:
    """List what a webhook was told, or will be, the newest first."""
    deliveries = list(api().pages(f"/webhooks/{webhook_id}/deliveries", status=status))
    rows = [
        (
            item["event"],
            item["status"],
            str(item["attempts"]),
            str(item["last_status"] or item["last_error"] or "-"),
            item["created_at"][:16].replace("T", " "),
            item["id"],
        )
        for item in deliveries
    ]
    show_table(deliveries, ("event", "status", "attempts", "answer", "created", "id"), rows)


@app.command("redeliver")
def redeliver(
    webhook_id: Annotated[str, typer.Argument(metavar="ID")],
    delivery_id: Annotated[str, typer.Argument(metavar="DELIVERY")],
) -> None:
    """Send a delivery that has ended once more."""
    delivery = api().call("POST", f"/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver")
    show(delivery, (text("delivery_queued", id=delivery["id"]), ""))
