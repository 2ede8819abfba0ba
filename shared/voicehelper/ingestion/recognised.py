"""What of a file is recognised: ``Pictures`` tells a parser what has been, and notes what must be.

A file is parsed twice where its text is in pictures: the first time notes them, each by a reference into the file, the
recognising step reads them one by one, and the second time what was read takes its place among the text. So a page that
was recognised goes the way of every other page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable

# A page below it is reported and not indexed. Pages that were read reached .9 and more, with one character in eleven
# wrong at .91; pages that nobody can read, and those that lie upside down, stayed below .7.
LEAST_CONFIDENCE: Final = 0.75
_ATTACHMENT: Final = "attachment:"
MAX_PICTURES: Final = 600  # of one document, where ten batches are recognised at once: five minutes


@dataclass(frozen=True, slots=True)
class Recognition:
    """``page`` is None for a picture that cannot be read; ``reason`` says why."""

    page: RecognisedPage | None
    reason: str = ""


@dataclass(slots=True)
class Pictures:
    """``results`` by reference. ``pending`` are the references that have none, at most ``most`` with the results.

    ``prefix`` begins every reference: pictures of an attachment are noted among those of its mail.
    """

    results: Mapping[str, Recognition] = field(default_factory=dict)
    most: int = 0
    pending: list[str] = field(default_factory=list)
    prefix: str = ""

    def of_attachment(self, number: int) -> Pictures:
        """A view of those inside the attachment ``number`` of the file."""
        return replace(self, prefix=f"{self.prefix}{_ATTACHMENT}{number}:")

    def find(self, reference: str) -> RecognisedPage | None:
        """None for a picture that is not recognised yet, cannot be, or shows no text that anybody could read."""
        whole = self.prefix + reference
        result = self.results.get(whole)
        if result is None and whole not in self.pending and len(self.pending) + len(self.results) < self.most:
            self.pending.append(whole)
        page = result.page if result else None
        return page if page and page.lines and _is_reliable(page) else None

    def is_unread(self, reference: str) -> bool:
        """Whether a picture that may hold text stays unread: it is too poor, broken, or one too many."""
        if self.prefix + reference in self.pending:
            return False
        result = self.results.get(self.prefix + reference)
        if result is None:
            return bool(self.results)
        if result.page is None:
            return True
        return bool(result.page.lines) and not _is_reliable(result.page)


def _is_reliable(page: RecognisedPage) -> bool:
    """A page without places was written by a model that does not say how sure it is."""
    return not page.is_placed or page.confidence >= LEAST_CONFIDENCE


def is_degraded(results: Mapping[str, Recognition]) -> bool:
    """Whether the built-in recogniser stood in for another one."""
    return any(result.page and result.page.degraded for result in results.values())


def results_to_json(results: Mapping[str, Recognition]) -> bytes:
    """Without the boxes of single words: those of lines are kept."""
    values = {reference: _values(result) for reference, result in results.items()}
    return json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")


def results_from_json(content: bytes) -> dict[str, Recognition]:
    return {reference: _recognition(values) for reference, values in json.loads(content).items()}


def merged_results(parts: Sequence[bytes]) -> bytes:
    """Several results of ``results_to_json`` as one."""
    return json.dumps({reference: value for part in parts for reference, value in json.loads(part).items()}).encode()


def _values(result: Recognition) -> dict[str, Any]:
    page = asdict(result.page) if result.page else None
    for line in page["lines"] if page else ():
        del line["words"]
    return {"page": page, "reason": result.reason}


def _recognition(values: Mapping[str, Any]) -> Recognition:
    return Recognition(_page(values["page"]) if values["page"] else None, values["reason"])


def _page(values: Mapping[str, Any]) -> RecognisedPage:
    lines = tuple(RecognisedLine(line["text"], Box(*line["box"]), line["confidence"]) for line in values["lines"])
    return RecognisedPage(**{**values, "lines": lines, "tables": tuple(_tables(values["tables"]))})


def _tables(tables: Sequence[Mapping[str, Any]]) -> Iterator[RecognisedTable]:
    for table in tables:
        yield RecognisedTable(tuple(map(tuple, table["rows"])), Box(*table["box"]))


def page_reference(number: int) -> str:
    return f"page:{number}"


def part_reference(name: str) -> str:
    """Of a picture inside an office file: the name of its part."""
    return f"part:{name}"


def region_reference(number: int, box: Sequence[float]) -> str:
    """Of a part of a page, as fractions of what viewers show."""
    return f"region:{number}:{','.join(str(round(1000 * side)) for side in box)}"


def split_attachments(reference: str) -> tuple[list[int], str]:
    """Numbers of attachments, outermost first, and the reference inside of the innermost one."""
    numbers = []
    while reference.startswith(_ATTACHMENT):
        number, _, reference = reference.removeprefix(_ATTACHMENT).partition(":")
        numbers.append(int(number))
    return numbers, reference
