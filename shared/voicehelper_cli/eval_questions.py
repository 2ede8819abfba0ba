"""The questions of an evaluation: a file with one JSON object a line; ``read_questions`` is the entry.

A line that cannot be meant is refused with its number, before any question is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voicehelper_cli.api import CliError
from voicehelper_cli.texts import text

EXIT_USAGE: Final = 2
MAX_CHARS: Final = 5000  # of a question, as the API takes it
_SHOWN_LINES: Final = 10


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """``expected_texts`` are alternatives: an answer that holds one of them is right."""

    line: int
    question: str
    expected_texts: tuple[str, ...] = ()
    document: str = ""
    page: int | None = None
    answerable: bool = True

    @property
    def has_evidence(self) -> bool:
        """Whether a passage can be told to be the right one."""
        return self.answerable and bool(self.document or self.expected_texts)


def read_questions(path: Path) -> list[EvalQuestion]:
    """Raises CliError for a file that cannot be read or holds no question, and for lines that are not questions."""
    questions: list[EvalQuestion] = []
    mistakes: list[str] = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            questions.append(_question(number, line))
        except ValueError as error:
            mistakes.append(text("bad_line", line=number, reason=error))
    if mistakes:
        shown = mistakes[:_SHOWN_LINES] + (["…"] if len(mistakes) > _SHOWN_LINES else [])
        raise CliError("\n".join(shown), hint=text("line_example"), exit_code=EXIT_USAGE)
    if not questions:
        raise CliError(text("no_questions", path=path), hint=text("line_example"), exit_code=EXIT_USAGE)
    return questions


def _lines(path: Path) -> list[str]:
    """Lines end with a line feed; other separators of Unicode may stand inside a question."""
    try:
        return path.read_text("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise CliError(text("not_utf8", path=path), exit_code=EXIT_USAGE) from error
    except OSError as error:
        raise CliError(text("unreadable", path=path, reason=error.strerror), exit_code=EXIT_USAGE) from error


def _question(number: int, line: str) -> EvalQuestion:
    """ValueError with a sentence for what is wrong."""
    value = _object(line)
    if unknown := sorted(value.keys() - _FIELDS.keys()):
        raise ValueError(text("unknown_field", name=unknown[0], names=", ".join(_FIELDS)))
    for name, field in value.items():
        if field is not None and not _FIELDS[name](field):
            raise ValueError(text("bad_field", name=name))
    given = {name: field for name, field in value.items() if field is not None}
    if "question" not in given:
        raise ValueError(text("no_question"))
    if "page" in given and "document" not in given:
        raise ValueError(text("page_without_document"))
    expected = given.pop("expected_text", [])
    return EvalQuestion(number, expected_texts=tuple([expected] if isinstance(expected, str) else expected), **given)


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(text("not_json", column=error.colno)) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
        raise ValueError(text("not_json", column=1)) from error
    if isinstance(value, dict):
        return value
    raise ValueError(text("not_an_object"))


def _is_text(value: object) -> bool:
    """Text that the API takes: not empty, no NUL, no half of a surrogate pair."""
    return (
        isinstance(value, str)
        and 0 < len(value.strip()) <= MAX_CHARS
        and not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
    )


def _is_texts(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and bool(value) and all(map(_is_text, value)))


def _is_page(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


_FIELDS: Final[Mapping[str, Callable[[object], bool]]] = {
    "question": _is_text,
    "expected_text": _is_texts,
    "document": _is_text,
    "page": _is_page,
    "answerable": lambda value: isinstance(value, bool),
}
