"""Every code the product raises has a sentence, and every sentence belongs to a code the product raises.

Read from the source: an error class's ``code``, the codes that models refuse a field with, and the codes that a
document's processing ends with or warns of.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from voicehelper.messages.catalogue import codes, has_message

from tests.support.application import ROOT

TREES = [
    ast.parse(path.read_text("utf-8"))
    for folder in ("shared/voicehelper", "functions", "infra/local")
    for path in (ROOT / folder).rglob("*.py")
]
DOMAINS = [path.stem for path in (ROOT / "shared/voicehelper/messages").glob("*.toml") if path.stem != "fields"]
MODEL_NODES = [
    node
    for path in (ROOT / "shared/voicehelper").rglob("*.py")
    if path.name == "models.py" or path.parent.name == "shapes"
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Constant)
]
NODES = [node for tree in TREES for node in ast.walk(tree)]
API_CODE, DOCUMENT_CODE = re.compile(r"[A-Z]+(_[A-Z]+)+"), re.compile(r"[a-z]+(_[a-z]+)*")
ANY_CODE = re.compile(r"[A-Z]+(_[A-Z]+)*|[a-z]+(_[a-z]+)*")


def strings(*nodes: ast.AST | None) -> Iterator[str]:
    """Literals that an expression may become; what a call or a subscript inside it is given is none."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif node is not None and not isinstance(node, ast.Subscript | ast.Compare | ast.Call):
            yield from strings(*ast.iter_child_nodes(node))


def assigned(*names: str) -> Iterator[str]:
    """What variables and class attributes of these names may become."""
    for node in NODES:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in names for target in targets):
                yield from strings(node.value)


def passed(function: str, *, position: int | None = None, keyword: str = "") -> Iterator[str]:
    """What calls of a function, a class or a method pass there."""
    for node in NODES:
        if isinstance(node, ast.Call) and function == getattr(node.func, "id", getattr(node.func, "attr", "")):
            if position is not None:
                yield from strings(*node.args[position : position + 1])
            yield from strings(*(argument.value for argument in node.keywords if argument.arg == keyword))


def returned(*functions: str) -> Iterator[str]:
    for node in NODES:
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            yield from strings(*(part.value for part in ast.walk(node) if isinstance(part, ast.Return)))


def api_codes() -> Iterator[str]:
    yield from assigned("code", "_FRAMEWORK_CODES")
    yield from passed("error_response", position=2)
    yield from passed("ToolError", position=0)
    for node in MODEL_NODES:  # models refuse a field with ``raise ValueError("CODE")``, some by way of a table
        yield from (text for text in strings(node) if API_CODE.fullmatch(text))


def document_codes() -> Iterator[str]:
    yield from (text for text in passed("RejectedError", position=0) if DOCUMENT_CODE.fullmatch(text))
    yield from passed("fail", keyword="code")
    yield from (text for text in assigned("_BY_CLASS") if DOCUMENT_CODE.fullmatch(text))
    yield from returned("failure_code", "_code_of", "_warnings")
    yield from assigned("warnings", "INTERNAL")
    for node in NODES:
        if isinstance(node, ast.Attribute) and node.attr == "append" and getattr(node.value, "id", "") == "warnings":
            yield from strings(*APPENDED.get(node, ()))


APPENDED = {node.func: node.args for node in NODES if isinstance(node, ast.Call)}
# ``code`` is also a name for other things; those do not look like one.
RAISED = {text for text in (*api_codes(), *document_codes()) if ANY_CODE.fullmatch(text)}


@pytest.mark.parametrize("code", sorted(RAISED))
def test_a_code_the_product_raises_has_its_sentence(code: str) -> None:
    assert has_message(code)


def test_the_source_is_read_for_every_kind_of_code() -> None:
    every_kind = {
        *("NOT_FOUND", "EMAIL_TAKEN", "EMAIL_INVALID", "PASSWORD_NEEDS_DIGIT", "UPLOAD_KNOWN"),
        *("no_text", "duplicate", "internal", "timed_out", "upstream_unavailable", "pages_without_text", "large_text"),
    }

    assert every_kind <= RAISED


@pytest.mark.parametrize("code", sorted(code for domain in DOMAINS for code in codes(domain)))
def test_no_sentence_is_left_without_its_code(code: str) -> None:
    assert code in ALL_STRINGS


ALL_STRINGS = {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
