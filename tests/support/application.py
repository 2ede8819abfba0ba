"""The application as its files say it is: every handler module, the template, the state machines, the events."""

from __future__ import annotations

import functools
import importlib
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from fastapi import FastAPI
from fastapi.routing import APIRoute

ROOT = Path(__file__).parents[2]
if str(ROOT / "functions") not in sys.path:  # as on Lambda, where the code folder is on the path
    sys.path.insert(0, str(ROOT / "functions"))
PIPELINES = ("ingestion", "agent_steps")


class _CloudFormationLoader(yaml.SafeLoader):
    """Reads !Ref and its kind as {"Ref": …} / {"Fn::X": …}."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_CloudFormationLoader.add_multi_constructor("!", _intrinsic)


@functools.cache
def template() -> dict[str, Any]:
    return dict(yaml.load((ROOT / "template.yaml").read_text("utf-8"), _CloudFormationLoader))


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Properties of every resource of a type, by logical id."""
    found = template()["Resources"].items()
    return {name: item.get("Properties", {}) for name, item in found if item["Type"] == kind}


def functions() -> dict[str, dict[str, Any]]:
    return resources("AWS::Serverless::Function")


def handler_files() -> list[Path]:
    """Every file that is a function, relative to functions/."""
    folder = ROOT / "functions"
    return sorted(path.relative_to(folder) for path in folder.glob("*/*.py"))


def handler_of(path: Path) -> str:
    return f"{path.parent.name}.{path.stem}.handler"


def load(path: Path) -> ModuleType:
    return importlib.import_module(f"{path.parent.name}.{path.stem}")


def endpoint_modules() -> dict[str, ModuleType]:
    """Modules with a router, by handler."""
    files = [path for path in handler_files() if path.parent.name not in PIPELINES]
    modules = {handler_of(path): load(path) for path in files}
    return {handler: module for handler, module in modules.items() if hasattr(module, "router")}


def code_routes() -> dict[tuple[str, str], str]:
    """(method, path) → handler, as the code declares them; the catch-all is left out."""
    return {
        (method, route.path): handler
        for handler, module in endpoint_modules().items()
        for route in module.router.routes
        if isinstance(route, APIRoute) and "{path:path}" not in route.path
        for method in route.methods
    }


def template_routes() -> dict[tuple[str, str], str]:
    """(method, path) → handler, as the template wires them."""
    return {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): properties["Handler"]
        for properties in functions().values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi" and "Path" in event["Properties"]
    }


def public_routes() -> set[tuple[str, str]]:
    return {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for properties in functions().values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "HttpApi" and "Path" in event["Properties"] and "Auth" in event["Properties"]
    }


def openapi() -> dict[str, Any]:
    """One document for all functions; where a token is needed is read from the template."""
    app = FastAPI(title="VoiceHelper", version="1", description="Answers from a company's documents, with the page.")
    for module in endpoint_modules().values():
        app.include_router(module.router)
    document: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    _use_one_error_shape(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if (method.upper(), path) not in public_routes():
                operation["security"] = [{"bearer": []}]
    return document


_ERROR = {
    "type": "object",
    "required": ["code", "message"],
    "properties": {
        "code": {"type": "string"},
        "message": {"type": "string", "description": "in the language of Accept-Language"},
        "details": {"type": "object"},
    },
}


def _use_one_error_shape(document: dict[str, Any]) -> None:
    """The framework documents its own 422 body; ours is S14 for every error."""
    schemas = document["components"].setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Error"] = _ERROR
    answer = {
        "description": "Any error",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = answer


def openapi_text() -> str:
    return json.dumps(openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


OPENAPI_FILE = ROOT / "shared/voicehelper/operations/openapi.json"


def state_machines() -> dict[str, dict[str, Any]]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in (ROOT / "infra/state_machines").glob("*.json")}


def pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def variables_read(text: str) -> set[str]:
    """Names of environment variables a source text reads."""
    pattern = r"""(?:environ(?:\.get)?|getenv|required|optional|read)[\(\[]\s*["']([A-Z][A-Z0-9_]+)["']"""
    return set(re.findall(pattern, text))


if __name__ == "__main__":  # python -m tests.support.application: write the contract anew
    OPENAPI_FILE.write_text(openapi_text(), "utf-8")
