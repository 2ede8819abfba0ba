"""Every regular expression of the product, found in its source, and inputs on which bad ones take long."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as sre_parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

_ROOT = Path(__file__).resolve().parents[2] / "shared"
_FUNCTIONS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """``place`` is module and line, or module and name."""

    place: str
    pattern: re.Pattern[Any]


def all_patterns() -> list[FoundPattern]:
    """Compiled ones that modules hold, and those written as text inside functions; each once."""
    found: dict[tuple[Any, int], FoundPattern] = {}
    for path in sorted((_ROOT / "voicehelper").rglob("*.py")):
        name = ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")
        if b"re." not in path.read_bytes():
            continue
        module = importlib.import_module(name)
        for place, pattern in (*_held(module), *_inline(module, path)):
            found.setdefault((pattern.pattern, pattern.flags), FoundPattern(f"{name}:{place}", pattern))
    return list(found.values())


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        for pattern in _patterns_in(value):
            yield name, pattern


def _patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from _patterns_in(item)
    elif isinstance(value, dict):
        yield from _patterns_in([*value.values()])


def _inline(module: ModuleType, path: Path) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """``re.sub(r"…", …)`` inside functions; names in f-strings that are not the module's stand for any word."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FUNCTIONS
        if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re":  # type: ignore[attr-defined]
            argument = node.args[0]  # type: ignore[attr-defined]
            if isinstance(argument, (ast.Constant, ast.JoinedStr)):
                yield str(node.lineno), re.compile(_text(argument, module), _flags(node))  # type: ignore[attr-defined, arg-type]


def _text(argument: ast.Constant | ast.JoinedStr, module: ModuleType) -> str | bytes:
    if isinstance(argument, ast.Constant):
        assert isinstance(argument.value, (str, bytes))
        return argument.value
    parts = []
    for part in argument.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            name = part.value.id if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) else ""
            parts.append(str(getattr(module, name, "Q2")))
    return "".join(parts)


def _flags(call: ast.Call) -> re.RegexFlag:
    arguments = (*call.args[1:], *(keyword.value for keyword in call.keywords))
    nodes = (node for argument in arguments for node in ast.walk(argument))
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return re.RegexFlag(sum(re.RegexFlag[name] for name in names & {"IGNORECASE", "DOTALL", "MULTILINE"}))


def attacks(pattern: re.Pattern[Any], size: int) -> Iterator[tuple[str, Any]]:
    """(name, input): each start of a match that the expression can have, repeated, and its parts alone and in pairs."""
    units = dict.fromkeys([*_pieces(pattern), " ", "\n", "a", "1", ".", "[", "。", "中", "-a", " a", "a b, "])
    singles = [unit for unit in units if unit][:60]
    for unit in singles:
        yield f"{unit!r} repeated", _encode(pattern, (unit * size)[:size])
        yield f"{unit!r} repeated, then a stop", _encode(pattern, (unit * size)[:size] + "\x01")
    first, *others = singles
    for unit in others[:20]:
        yield f"{first!r}, then {unit!r}", _encode(pattern, first + (unit * size)[:size] + "\x01")
        yield (
            f"{first!r} and {unit!r} halves",
            _encode(pattern, (first * size)[: size // 2] + (unit * size)[: size // 2]),
        )


def _encode(pattern: re.Pattern[Any], text: str) -> Any:
    return text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")


def _pieces(pattern: re.Pattern[Any]) -> Iterator[str]:
    """One text that each part of the expression matches, and those of growing sequences of parts."""
    yield from _of_sequence(list(sre_parser.parse(pattern.pattern, pattern.flags)))


def _of_sequence(items: list[Any]) -> Iterator[str]:
    texts = [_example(item) for item in items]
    for end in range(1, len(items) + 1):
        yield "".join(texts[:end])
    yield from texts
    for _, argument in items:
        for inner in _inner_sequences(argument):
            yield from _of_sequence(list(inner))


def _inner_sequences(argument: Any) -> Iterator[Any]:
    if isinstance(argument, sre_parser.SubPattern):
        yield argument
    elif isinstance(argument, (tuple, list)):
        for part in argument:
            yield from _inner_sequences(part)


def _example(item: tuple[Any, Any]) -> str:
    """A text that the node matches; of repetitions the least number that is not zero."""
    kind, value = item
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is sre.ANY:
        return "x"
    if kind is sre.IN:
        return _member(value)
    if kind is sre.BRANCH:
        return max(("".join(map(_example, branch)) for branch in value[1]), key=len)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return "".join(map(_example, value[2])) * max(1, value[0])  # type: ignore[no-any-return]
    if kind is sre.SUBPATTERN:
        return "".join(map(_example, value[-1]))
    if kind is sre.ATOMIC_GROUP:
        return "".join(map(_example, value))
    return ""


_CATEGORIES = {
    sre.CATEGORY_DIGIT: "1", sre.CATEGORY_SPACE: " ", sre.CATEGORY_WORD: "w",
    sre.CATEGORY_NOT_DIGIT: "d", sre.CATEGORY_NOT_SPACE: "s", sre.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def _member(members: list[tuple[Any, Any]]) -> str:
    negated = members[0][0] is sre.NEGATE
    if not negated:
        kind, value = members[0]
        return chr(value) if kind is sre.LITERAL else chr(value[0]) if kind is sre.RANGE else _CATEGORIES[value]
    matcher = [(kind, value) for kind, value in members[1:]]
    return next(c for c in "a1 -;中。x" if not any(_contains(member, c) for member in matcher))


def _contains(member: tuple[Any, Any], character: str) -> bool:
    kind, value = member
    if kind is sre.LITERAL:
        return bool(chr(value) == character)
    if kind is sre.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    examples = {
        sre.CATEGORY_DIGIT: character.isdigit(), sre.CATEGORY_SPACE: character.isspace(),
        sre.CATEGORY_WORD: character.isalnum() or character == "_",
    }  # fmt: skip
    return bool(examples.get(value, False))
