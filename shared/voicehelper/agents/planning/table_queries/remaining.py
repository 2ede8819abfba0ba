"""The mentions of a question that nothing has read yet; ``conditions`` and ``reading`` take theirs away."""

from __future__ import annotations

from dataclasses import dataclass

from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable
from voicehelper.agents.planning.table_queries.mentions import Mention


class UnreadableError(Exception):
    """The mentions fit no query, or several."""


@dataclass(slots=True)
class Remaining:
    mentions: list[Mention]
    table: KnownTable

    def place(self, *kinds: str) -> int | None:
        """Of the first of these kinds."""
        return next((n for n, mention in enumerate(self.mentions) if mention.kind in kinds), None)

    def kind(self, place: int) -> str:
        """ "" beyond both ends."""
        return self.mentions[place].kind if 0 <= place < len(self.mentions) else ""


def column_of(mention: Mention) -> KnownColumn:
    assert mention.column
    return mention.column
