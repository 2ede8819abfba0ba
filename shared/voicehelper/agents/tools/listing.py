"""Tools that others offer, as a plan or a model is told of them; ``entry.tools`` returns a ``ToolListing``."""

from __future__ import annotations

from pydantic import BaseModel, JsonValue


class ListedTool(BaseModel):
    """``name`` has its server before it: "tickets.create". ``parameters`` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: dict[str, JsonValue]


class ToolListing(BaseModel):
    """``failed`` holds the codes of servers whose tools are not known now, by their names."""

    tools: list[ListedTool] = []
    failed: dict[str, str] = {}
