"""Commands ``voicehelper conversations …``: create, list, continue, show and delete conversations."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from voicehelper_cli.answers import remember, source_lines
from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

app = typer.Typer(no_args_is_help=True, help="Conversations, in which a question may refer to earlier ones.")


@app.command("create")
def create_conversation(
    title: str,
    base: Annotated[str, typer.Option("--base", "-b", help="Search only this knowledge base.")] = "",
) -> None:
    """Create a conversation."""
    service = api()
    body = {"title": title} | ({"kb_id": service.base_id(base)} if base else {})
    conversation = service.call("POST", "/conversations", json=body)
    hint = f"→ {text('next_send', id=conversation['id'])}"
    show(conversation, (text("conversation_ready", id=conversation["id"]), ""), (hint, "dim"))


@app.command("list")
def list_conversations() -> None:
    """List your conversations."""
    conversations = list(api().pages("/conversations"))
    rows = [(item["title"], item["created_at"][:16].replace("T", " "), item["id"]) for item in conversations]
    show_table(conversations, ("title", "opened", "id"), rows)


@app.command("send")
def send_message(conversation_id: str, content: str) -> None:
    """Ask a question in a conversation."""
    reply = api().call("POST", f"/conversations/{conversation_id}/messages", json={"content": content})
    remember(reply["sources"] or reply["closest"])
    show(reply, *_lines(reply))


@app.command("show")
def show_messages(
    conversation_id: str, limit: Annotated[int, typer.Option(min=1, max=200, help="Number of newest messages.")] = 50
) -> None:
    """Show the messages, oldest first."""
    page = api().call("GET", f"/conversations/{conversation_id}/messages", params={"limit": limit})
    show(page, *(line for message in reversed(page["items"]) for line in _lines(message)))


def _lines(message: dict[str, Any]) -> list[tuple[str, str]]:
    """(line, rich style) pairs: a question in bold, an answer followed by its sources."""
    if message["role"] == "user":
        return [(f"\n> {message['content']}", "bold")]
    return [(f"\n{message['content']}", ""), *source_lines(message)]


@app.command("delete")
def delete_conversation(conversation_id: str) -> None:
    """Delete a conversation and its messages."""
    api().call("DELETE", f"/conversations/{conversation_id}")
    show({"id": conversation_id}, (text("deleted"), ""))
