"""The sources of a report, each once, and observations quoted with marks that name them.

``Sources`` and ``quoted`` are the entries; ``report`` and ``results`` call them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from voicehelper.agents.planning.plan import Observed
from voicehelper.agents.tools.protocol import ToolSource
from voicehelper.answering.citations import renumber

_MARK: Final = re.compile(r"\[(\d{1,2})\]")
_MAX_QUOTE_CHARS: Final = 600
_MARKUP: Final = re.compile(r"!\[|\]\(|<")


@dataclass(slots=True)
class Sources:
    """Numbered from 1 in the order in which they are cited first.

    A page of a document is one source, which quotes every sentence that it is cited for.
    """

    all: list[ToolSource] = field(default_factory=list)
    numbers: dict[tuple[str, int | None], int] = field(default_factory=dict)

    def number(self, source: ToolSource) -> int:
        key = (str(source.document_id or source.url or source.filename or source.title), source.page)
        if key not in self.numbers:
            self.all.append(source)
            self.numbers[key] = len(self.all)
        number = self.numbers[key]
        self.all[number - 1] = _quoting(self.all[number - 1], source.quote)
        return number

    def mark(self, observed: Observed, number: int, quote: str = "") -> str:
        """ " [n]" for the source of that number of a step, with ``quote`` for its own; empty where it has none."""
        sources = observed.result.sources if observed.result else []
        if not 1 <= number <= len(sources):
            return ""
        source = sources[number - 1]
        return f" [{self.number(source.model_copy(update={'quote': quote}) if quote else source)}]"

    def cited(self, observed: Observed) -> str:
        """The observation as a quotation, with the report's marks; sources that no mark names are cited at its end."""
        if observed.result is None:
            return ""
        sources = observed.result.sources
        text, order = renumber(observed.result.observation, len(sources))
        numbers = [self.number(sources[index]) for index in order]
        marked = _MARK.sub(lambda match: _renamed(match, numbers), quoted(text))
        rest = "" if order else "".join(f" [{self.number(source)}]" for source in sources)
        return "\n".join(f"> {line}".rstrip() for line in f"{marked}{rest}".split("\n"))


def _quoting(source: ToolSource, quote: str) -> ToolSource:
    quotes = f"{source.quote} … {quote}"
    if not quote or quote in source.quote or len(quotes) > _MAX_QUOTE_CHARS:
        return source
    return source.model_copy(update={"quote": quotes if source.quote else quote})


def _renamed(match: re.Match[str], numbers: list[int]) -> str:
    place = int(match[1])
    return f"[{numbers[place - 1]}]" if 1 <= place <= len(numbers) else match[0]


def quoted(text: str) -> str:
    """Without what a reader's program would fetch, follow or carry out: images, links and HTML."""
    return _MARKUP.sub(lambda match: {"![": "!\\[", "](": "]\\(", "<": "&lt;"}[match[0]], text)
