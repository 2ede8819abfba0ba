"""When an answer about real documents is correct: the rules of the question set."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

# Their answers stand in pictures: a scan, and a figure on a page of text.
PICTURE_KINDS = ("scan", "figure")


def load_questions(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]


def normalised(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def contains_answer(text: str, question: dict[str, Any]) -> bool:
    return any(normalised(answer) in normalised(text) for answer in question["answers"])


def is_expected_source(place: dict[str, Any], question: dict[str, Any]) -> bool:
    """Whether a source is the one the question set names; ``place`` has filename, page, title, content and rows."""
    if place["filename"] != question["file"]:
        return False
    where = question["where"] or {}
    if "page" in where or "slide" in where:
        return bool(place["page"] == where.get("page", where.get("slide")))
    if "sheet" in where and where["sheet"] not in place["title"]:
        return False
    if "row" in where:
        first, last = place["rows"] or (0, -1)
        return bool(first <= where["row"] <= last)
    if "heading" in where:
        return normalised(where["heading"]) in normalised(place["title"] + place["content"])
    if "attachment" in where:
        return where["attachment"] in place["title"]
    return True
