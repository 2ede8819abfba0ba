"""`make function NAME=knowledge/rename_base ROUTE="PUT /api/v1/knowledge/bases/{kb_id}/name"`: a new endpoint.

Entry: ``plan()`` gives the four files to write, by path: the handler, its block in the template, its event and a test
that fails until the handler does its work. Nothing that exists is overwritten, but for the block in template.yaml.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voicehelper.entry.http import API_PREFIX

from infra import template
from infra.local.paths import ROOT
from infra.template_layout import insert_function

_NAME: Final = re.compile(r"([a-z]+(?:_[a-z]+)*)/([a-z]+(?:_[a-z0-9]+)+)")
_ROUTE: Final = re.compile(r"(GET|POST|PUT|PATCH|DELETE) ((?:/(?:[a-z0-9_.-]+|\{[a-z_]+\}))+)")
_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_COLUMNS: Final = 120
# What is asked by machines: health, readiness, the contract; and paths that other protocols name.
_WITHOUT_VERSION: Final = ("operations", "protocols")
# The event whose envelope every other one has: signed in, without parameters or a body.
_PLAIN_EVENT: Final = "events/conversations/list_conversations.json"
_EXAMPLE_ID: Final = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


class RefusedError(Exception):
    """One line that says why nothing was written."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    domain: str
    name: str  # verb_noun: the file and the function in it
    method: str
    path: str

    @property
    def handler(self) -> str:
        return f"{self.domain}.{self.name}.handler"

    @property
    def logical_id(self) -> str:
        return "".join(part.title() for part in self.name.split("_")) + "Function"

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def verb(self) -> str:
        """Of its route in the gateway."""
        return template.ANY if self.method == "GET" else self.method

    @property
    def parameters(self) -> list[str]:
        """Names in the path, in order."""
        return re.findall(r"\{(\w+)\}", self.path)


def parse(name: str, route: str) -> Endpoint:
    named, routed = _NAME.fullmatch(name), _ROUTE.fullmatch(route)
    if named is None:
        raise RefusedError(f"NAME={name}: expected folder/verb_noun, as knowledge/rename_base")
    if routed is None:
        raise RefusedError(f'ROUTE="{route}": expected a method and a path, as PATCH /api/v1/knowledge/bases/{{kb_id}}')
    endpoint = Endpoint(named[1], named[2], routed[1], routed[2])
    if endpoint.domain not in _WITHOUT_VERSION and not endpoint.path.startswith(f"{API_PREFIX}/"):
        raise RefusedError(f"ROUTE: paths of {endpoint.domain} start with {API_PREFIX}/")
    return endpoint


def plan(endpoint: Endpoint, root: Path) -> dict[Path, str]:
    """Content of every file to write. Raises RefusedError where something of that name or route exists."""
    source = template.read(root / "template.yaml")
    if (endpoint.method, endpoint.path) in source.endpoints():
        raise RefusedError(f"{endpoint.route} is taken by {source.endpoints()[endpoint.method, endpoint.path].handler}")
    if endpoint.logical_id in source.document["Resources"]:
        raise RefusedError(f"template.yaml has {endpoint.logical_id} already")
    tests = root / "tests/e2e" / endpoint.domain
    files = {
        root / f"functions/{endpoint.domain}/{endpoint.name}.py": handler_text(endpoint, _parameter_types(root)),
        root / f"events/{endpoint.domain}/{endpoint.name}.json": json.dumps(event(endpoint, root), indent=2) + "\n",
        tests / f"test_{endpoint.name}.py": first_test(endpoint, _example_ids(root)),
    }
    for file in files:
        if file.exists():
            raise RefusedError(f"{file.relative_to(root)} exists")
    if not (tests / "__init__.py").exists():
        files[tests / "__init__.py"] = ""
    whole = (root / "template.yaml").read_text("utf-8")
    block = template_block(endpoint)
    files[root / "template.yaml"] = insert_function(whole, domain=endpoint.domain, file_name=endpoint.name, block=block)
    return files


def handler_text(endpoint: Endpoint, known: dict[str, tuple[str, str]]) -> str:
    """``known`` has type and module of parameters that other handlers take; an id of a new kind is a plain UUID."""
    types = {name: known.get(name, ("UUID", "uuid")) for name in endpoint.parameters}
    if "database" in known:
        types["database"] = known["database"]
    versioned = endpoint.path.startswith(f"{API_PREFIX}/")
    helpers = [("lambda_handler", "voicehelper.entry.http")]
    helpers += [("API_PREFIX", "voicehelper.entry.http")] if versioned else []
    status = ", status_code=204" if endpoint.method == "DELETE" else ""
    return "\n".join(
        [
            f'"""{endpoint.route}"""',
            "",
            *_imports([*types.values(), ("APIRouter", "fastapi"), *helpers]),
            "",
            f"router = APIRouter({'prefix=API_PREFIX' if versioned else ''})",
            "",
            "",
            f'@router.{endpoint.method.lower()}("{endpoint.path.removeprefix(API_PREFIX)}"{status})',
            *_signature(endpoint.name, [f"{name}: {kind}" for name, (kind, _) in types.items()]),
            "    raise NotImplementedError",
            "",
            "",
            "handler = lambda_handler(router)",
            "",
        ]
    )


def _imports(names: list[tuple[str, str]]) -> list[str]:
    """Lines as ruff sorts them: the standard library, an empty line, the rest by module."""
    modules = defaultdict(set)
    for name, module in names:
        modules[module].add(name)
    lines = [f"from {module} import {', '.join(sorted(modules[module]))}" for module in sorted(modules)]
    standard = [line for line in lines if line.split()[1].split(".")[0] in sys.stdlib_module_names]
    return [*standard, *([""] if standard else []), *(line for line in lines if line not in standard)]


def _signature(name: str, parameters: list[str]) -> list[str]:
    line = f"def {name}({', '.join(parameters)}) -> None:"
    if len(line) <= _COLUMNS:
        return [line]
    return [f"def {name}(", *(f"    {parameter}," for parameter in parameters), ") -> None:"]


def _parameter_types(root: Path) -> dict[str, tuple[str, str]]:
    """(type, its module) that most handlers give a parameter of a name."""
    uses: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for file in (root / "functions").glob("*/*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        modules = {
            alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        for argument in _arguments(tree):
            if isinstance(argument.annotation, ast.Name) and (module := modules.get(argument.annotation.id)):
                uses[argument.arg][argument.annotation.id, module] += 1
    return {name: counted.most_common(1)[0][0] for name, counted in uses.items()}


def _arguments(tree: ast.Module) -> Iterator[ast.arg]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from node.args.args


def template_block(endpoint: Endpoint) -> str:
    properties = ["ApiId: !Ref Api", f"Method: {endpoint.verb}", f'Path: "{endpoint.path}"']
    one_line = f"          Properties: {{{', '.join(properties)}}}"
    fits = len(one_line) <= _COLUMNS
    return "\n".join(
        [
            f"  {endpoint.logical_id}:",
            f"    Type: {template.FUNCTION}",
            "    Metadata: {BuildMethod: makefile}",
            "    Properties:",
            f"      Handler: {endpoint.handler}",
            "      Role: !GetAtt ReadsDatabaseRole.Arn",
            "      Events:",
            "        Route:",
            "          Type: HttpApi",
            *([one_line] if fits else ["          Properties:", *(f"            {item}" for item in properties)]),
            "",
        ]
    )


def event(endpoint: Endpoint, root: Path) -> dict[str, Any]:
    """What API Gateway sends: the payload of format 2.0, for `sam local invoke`."""
    envelope: dict[str, Any] = json.loads((root / _PLAIN_EVENT).read_text("utf-8"))
    parameters = {name: _example_ids(root).get(name, _EXAMPLE_ID) for name in endpoint.parameters}
    path = endpoint.path.format_map(parameters)
    envelope["requestContext"]["http"] |= {"method": endpoint.method, "path": path}
    key = f"{endpoint.verb} {endpoint.path}"
    envelope["requestContext"]["routeKey"] = key
    envelope |= {"routeKey": key, "rawPath": path}
    if parameters:
        envelope["pathParameters"] = parameters
    if endpoint.method in _WITH_BODY:
        envelope["headers"]["content-type"] = "application/json"
        envelope["body"] = "{}"
    return envelope


def _example_ids(root: Path) -> dict[str, str]:
    """An id for every path parameter that an event has."""
    events = [json.loads(file.read_text("utf-8")) for file in sorted((root / "events").glob("*/*.json"))]
    return {name: value for item in events for name, value in item.get("pathParameters", {}).items()}


def first_test(endpoint: Endpoint, ids: dict[str, str]) -> str:
    path = endpoint.path.format_map({name: ids.get(name, _EXAMPLE_ID) for name in endpoint.parameters})
    body = ", json={}" if endpoint.method in _WITH_BODY else ""
    title = "an_unknown_id_is_not_found" if endpoint.parameters else f"{endpoint.name}_succeeds"
    expected = "answer.status_code == 404" if endpoint.parameters else "answer.is_success"
    return "\n".join(
        [
            f'"""{endpoint.route}"""',
            "",
            "from __future__ import annotations",
            "",
            "from tests.support.client import Client",
            "",
            "",
            f"def test_{title}(client: Client) -> None:",
            f'    answer = client.call("{endpoint.method}", "{path}"{body})',
            "",
            f"    assert {expected}, answer.text",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write('make function NAME=knowledge/rename_base ROUTE="PUT /api/v1/knowledge/bases/{kb_id}/name"\n')
        return 2
    try:
        files = plan(parse(*arguments), ROOT)
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        print(file.relative_to(ROOT))
    print("Next: the handler's body and its grants, `make openapi`, `make contract`, then the test.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
