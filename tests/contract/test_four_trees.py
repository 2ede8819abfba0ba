"""One name, four trees: a function has a file, a block in the template, an event and a place in its domain."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra import template
from infra.local.paths import ROOT
from infra.openapi import handler_files, handler_of
from infra.template import Function

FILES = handler_files()
FUNCTIONS = template.read().functions()
BY_HANDLER = {function.handler: function for function in FUNCTIONS.values()}
ENDPOINTS = {function.logical_id for function in template.read().endpoints().values()}
ROUTES = {(route.function.logical_id, route.key): (route.method, route.path) for route in template.read().routes()}


def pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def event_of(path: Path) -> Any:
    return json.loads((ROOT / "events" / path.with_suffix(".json")).read_text("utf-8"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_function_file_has_its_template_block(path: Path) -> None:
    expected = f"{pascal(path.stem)}Function"

    assert BY_HANDLER[handler_of(path)].logical_id == expected, f"template.yaml needs {expected} for {path}"


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.logical_id)
def test_every_template_block_has_its_function_file(function: Function) -> None:
    assert Path(function.file) in FILES


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_function_file_has_an_event(path: Path) -> None:
    assert isinstance(event_of(path), dict)


@pytest.mark.parametrize("logical_id", sorted(ENDPOINTS))
def test_an_event_is_a_call_of_its_route(logical_id: str) -> None:
    """Of one of them, where several share the function."""
    event = event_of(Path(FUNCTIONS[logical_id].file))
    method, path = ROUTES[logical_id, event["routeKey"]]
    http, parameters = event["requestContext"]["http"], event.get("pathParameters", {})

    assert event["routeKey"] == event["requestContext"]["routeKey"]
    assert set(parameters) == set(re.findall(r"\{(\w+)\}", path))
    assert event["rawPath"] == http["path"] == path.format_map(parameters)
    assert http["method"] == method


@pytest.mark.parametrize("handler", BY_HANDLER)
def test_every_handler_of_the_template_imports(handler: str) -> None:
    module, _, name = handler.rpartition(".")

    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_handler_file_is_short_and_imports_only_the_product(path: Path) -> None:
    text = (ROOT / "functions" / path).read_text("utf-8")
    modules = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    roots = {module.split(".")[0] for module in modules}

    assert len(text.splitlines()) <= 60
    assert roots <= {"voicehelper", "fastapi", "typing", "uuid", "pydantic"}
