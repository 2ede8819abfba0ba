"""``voicehelper chunks``: the chunks of a document, and what people change in them."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from voicehelper_cli.output import api, show, show_table
from voicehelper_cli.texts import text

_MOST_SHOWN: Final = 60  # characters of a chunk in the list


def chunks(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="File name or id.")],
    base: Annotated[str, typer.Option("--base", "-b", help="Knowledge base of the document; all by default.")] = "",
    edit: Annotated[str, typer.Option(metavar="CHUNK", help="Give the chunk the text of --text or --title.")] = "",
    disable: Annotated[str, typer.Option(metavar="CHUNK", help="Leave the chunk out of every search.")] = "",
    enable: Annotated[str, typer.Option(metavar="CHUNK", help="Search the chunk again.")] = "",
    delete: Annotated[str, typer.Option(metavar="CHUNK", help="Delete a chunk that was added.")] = "",
    add: Annotated[bool, typer.Option("--add", help="Add a chunk with the text of --text.")] = False,
    new_text: Annotated[str, typer.Option("--text", help="The text of the chunk.")] = "",
    title: Annotated[str, typer.Option(help="The title of the chunk.")] = "",
) -> None:
    """List the chunks of a document, or edit, disable, enable, add or delete one."""
    actions = [name for name, given in (("edit", edit), ("disable", disable), ("enable", enable), ("delete", delete),
                                        ("add", add)) if given]  # fmt: skip
    if len(actions) > 1:
        raise typer.BadParameter(text("one_chunk_action"))
    fields = {name: value for name, value in (("content", new_text), ("title", title)) if value}
    if (edit and not fields) or (add and not new_text):
        raise typer.BadParameter(text("chunk_text_missing"))
    service = api()
    path = f"/knowledge/documents/{service.document_id(document, base)}/chunks"
    if not actions:
        _list(list(service.pages(path)))
    elif add:
        _say(service.call("POST", path, json=fields))
    elif delete:
        service.call("DELETE", f"{path}/{delete}")
        show({"id": delete}, (text("deleted"), ""))
    else:
        change = fields if edit else {"enabled": bool(enable)}
        _say(service.call("PATCH", f"{path}/{edit or disable or enable}", json=change))


def _list(found: list[dict[str, Any]]) -> None:
    rows = [
        (str(chunk["sequence"] + 1), _state(chunk), " ".join(chunk["content"].split())[:_MOST_SHOWN], chunk["id"])
        for chunk in found
    ]
    show_table(found, ("number", "status", "text", "id"), rows)


def _state(chunk: dict[str, Any]) -> str:
    if not chunk["enabled"]:
        return text("chunk_disabled")
    origins = {"file": text("chunk_file"), "edited": text("chunk_edited"), "added": text("chunk_added")}
    return origins[chunk["origin"]]


def _say(chunk: dict[str, Any]) -> None:
    show(chunk, (f"{chunk['id']} · {_state(chunk)}", ""))
