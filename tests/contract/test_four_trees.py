"""One name, four trees: whoever adds a function adds a file, a template block, an event and a test."""

from __future__ import annotations

import importlib
import json

import pytest

from tests.support import application
from tests.support.application import ROOT, functions, handler_files, handler_of, pascal

FILES = handler_files()


def _template_handlers() -> dict[str, str]:
    return {properties["Handler"]: logical for logical, properties in functions().items()}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_function_file_has_its_template_block(path: application.Path) -> None:
    expected = f"{pascal(path.stem)}Function"

    assert _template_handlers().get(handler_of(path)) == expected, f"template.yaml needs {expected} for {path}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_function_file_has_an_event(path: application.Path) -> None:
    event = ROOT / "events" / path.parent / f"{path.stem}.json"

    assert event.is_file(), f"events/{path.parent}/{path.stem}.json is missing"
    assert isinstance(json.loads(event.read_text("utf-8")), dict)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_function_is_named_in_a_test(path: application.Path) -> None:
    tests = [file.read_text("utf-8") for file in (ROOT / "tests").glob(f"*/{path.parent.name}/*.py")]

    assert any(path.stem in text for text in tests), f"no test under tests/*/{path.parent.name} names {path.stem}"


@pytest.mark.parametrize("handler", _template_handlers())
def test_every_handler_of_the_template_imports(handler: str) -> None:
    module, _, name = handler.rpartition(".")

    assert callable(getattr(importlib.import_module(module), name))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_handler_file_is_short_and_imports_only_the_product(path: application.Path) -> None:
    text = (ROOT / "functions" / path).read_text("utf-8")
    modules = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    roots = {module.split(".")[0] for module in modules}

    assert len(text.splitlines()) <= 60
    assert roots <= {"voicehelper", "fastapi", "typing", "uuid", "pydantic"}
