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
NODES = [node for tree in TREES for node in ast.walk(tree)]
API_CODE, DOCUMENT_CODE = re.compile(r"[A-Z]+(_[A-Z]+)+"), re.compile(r"[a-z]+(_[a-z]+)*")


def strings(*nodes: ast.AST | None) -> Iterator[str]:
    """Literals that an expression may become; a key such as that of ``answer["reason"]`` is none."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif node is not None and not isinstance(node, ast.Subscript | ast.Compare):
            yield from strings(*ast.iter_child_nodes(node))


def class_codes() -> Iterator[str]:
    """``code = "…"`` in a class."""
    for node in NODES:
        if isinstance(node, ast.ClassDef):
            yield from (text for part in node.body if _assigns(part, "code") for text in strings(part.value))


def _assigns(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, ast.Assign | ast.AnnAssign) and any(
        isinstance(target, ast.Name) and target.id == name for target in targets
    )


def calls(name: str) -> Iterator[ast.Call]:
    """Calls of a function, a class or a method."""
    for node in NODES:
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called == name:
                yield node


def refused_field_codes() -> Iterator[str]:
    """``raise ValueError("CODE")``; what has the look of no code is for the log."""
    return (text for call in calls("ValueError") for text in strings(*call.args) if API_CODE.fullmatch(text))


def document_codes() -> Iterator[str]:
    for call in calls("RejectedError"):
        yield from (text for text in strings(*call.args[:1]) if DOCUMENT_CODE.fullmatch(text))
    for call in calls("fail"):
        yield from strings(*(keyword.value for keyword in call.keywords if keyword.arg == "code"))
    for node in NODES:
        if _assigns(node, "warnings"):
            yield from strings(node.value)
    for call in calls("append"):
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "warnings":
            yield from strings(*call.args)


RAISED = {*class_codes(), *refused_field_codes(), *document_codes()}


@pytest.mark.parametrize("code", sorted(RAISED))
def test_a_code_the_product_raises_has_its_sentence(code: str) -> None:
    assert has_message(code)


def test_the_source_is_read_for_every_kind_of_code() -> None:
    assert {"NOT_FOUND", "EMAIL_TAKEN", "EMAIL_INVALID", "no_text", "internal", "large_text"} <= RAISED


@pytest.mark.parametrize("code", sorted(code for domain in DOMAINS for code in codes(domain)))
def test_no_sentence_is_left_without_its_code(code: str) -> None:
    assert code in ALL_STRINGS


ALL_STRINGS = {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
