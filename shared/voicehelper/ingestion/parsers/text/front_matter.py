"""The metadata at the head of a Markdown file, in YAML or TOML, as rows that name their values.

Entry function: ``split_front_matter``, called by ``markdown``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from voicehelper.ingestion.parsers.common.cleaning import one_line

_YAML: Final = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML: Final = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_MAX_CHARACTERS: Final = 20_000
_MAX_ENTRIES: Final = 500  # references in YAML can repeat a part any number of times
_MAX_ROW_CHARACTERS: Final = 400
_TITLES: Final = ("Title: ", "标题: ", "標題: ")
_MAX_DEPTH: Final = 10
_SEPARATORS: Final = re.compile(r"[_\s-]+")


def split_front_matter(text: str) -> tuple[list[str], str]:
    """(lines, the text below them); no lines and the whole text where it does not begin with metadata.

    A line is a row of "Key: value" pairs, so that the owner stands beside the title; a further one begins with it too.
    """
    for pattern, load in ((_YAML, _yaml), (_TOML, _toml)):
        match = pattern.match(text, 0, _MAX_CHARACTERS)
        if match and isinstance(values := load(match[1]), dict):
            return list(_rows(list(islice(_entries(values, (), 0), _MAX_ENTRIES)))), text[match.end() :]
    return [], text


def _rows(entries: list[str]) -> Iterator[str]:
    title = [entry for entry in entries if entry.startswith(_TITLES)][:1]
    row = title[:]
    for entry in entries:
        if len(row) > len(title) and sum(map(len, row)) + len(entry) > _MAX_ROW_CHARACTERS:
            yield " | ".join(row)
            row = title[:]
        if entry not in title:
            row.append(entry)
    if row:
        yield " | ".join(row)


def _yaml(text: str) -> Any:
    """All scalars as written: a version 1.10 is no number, and "no" is a word."""
    import yaml  # here, since few files have such metadata

    try:
        return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506 - makes strings only
    except (yaml.YAMLError, ValueError, RecursionError):
        return _plain_pairs(text)


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return _plain_pairs(text)


def _plain_pairs(text: str) -> dict[str, str] | None:
    """What authors write without quotes, such as "title: Pumps: a guide"; None where a line is no pair."""
    pairs = [[part.strip() for part in re.split("[:=]", line, maxsplit=1)] for line in text.split("\n") if line.strip()]
    if not all(len(pair) == 2 and len(pair[0]) < 60 for pair in pairs):
        return None
    return {key: value.strip("\"' ") for key, value in pairs}


def _entries(value: Any, keys: tuple[str, ...], depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entries(inner, (*keys, str(key)), depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value[:_MAX_ENTRIES]):
        for item in value[:_MAX_ENTRIES]:
            yield from _entries(item, keys, depth + 1)
    else:
        text = ", ".join(map(str, value[:_MAX_ENTRIES])) if isinstance(value, list) else str(value or "")
        if text.strip():
            name = _SEPARATORS.sub(" ", " ".join(keys)).strip()
            yield one_line(f"{name[:1].upper()}{name[1:]}: {text}")
