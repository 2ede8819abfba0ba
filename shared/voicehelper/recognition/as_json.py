"""``page_from_json``: the inverse of ``dataclasses.asdict`` for a recognised page that went through JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable, RecognisedWord


def page_from_json(value: Mapping[str, Any]) -> RecognisedPage:
    lines = tuple(
        RecognisedLine(line["text"], Box(*line["box"]), line["confidence"], tuple(map(_word, line["words"])))
        for line in value["lines"]
    )
    tables = tuple(RecognisedTable(tuple(map(tuple, table["rows"])), Box(*table["box"])) for table in value["tables"])
    return RecognisedPage(**{**value, "lines": lines, "tables": tables})


def _word(value: Mapping[str, Any]) -> RecognisedWord:
    return RecognisedWord(value["text"], Box(*value["box"]), value["confidence"])
