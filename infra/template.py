"""The one reader of template.yaml: its functions, routes, layers, grants and state machines.

Entry: ``read()``. Called by the cost table, the layer check, both deployments, the OpenAPI export, `make function` and
the contract tests. PyYAML is all it needs, because the local deployment runs in the emulator's own interpreter.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

import yaml

from infra.local.paths import ROOT

Properties = dict[str, Any]

NO_VALUE: Final = {"Ref": "AWS::NoValue"}
FUNCTION: Final = "AWS::Serverless::Function"
LAYER: Final = "AWS::Serverless::LayerVersion"
HTTP_API: Final = "AWS::Serverless::HttpApi"
WEBSOCKET_API: Final = "AWS::Serverless::WebSocketApi"
STATE_MACHINE: Final = "AWS::Serverless::StateMachine"
GRANT: Final = "AWS::IAM::ManagedPolicy"
ROLE: Final = "AWS::IAM::Role"
QUEUE: Final = "AWS::SQS::Queue"
# Of a route that reads, so that HEAD reaches it without a route of its own.
ANY: Final = "ANY"
POLLING: Final = "AWS::Lambda::EventSourceMapping"
# Signing in to the database as the API, as the pipeline, and as the schema's owner.
DATABASE_GRANTS: Final = frozenset({"ReadsDatabase", "FeedsDatabase", "OwnsDatabase"})
# SAM's names of a function's alias, and of the version that a deployment publishes, in a Ref.
ALIAS: Final = "Alias"
VERSION: Final = "Version"
_IN_A_TEXT: Final = re.compile(rf"(\$\{{\w+)\.(?:{ALIAS}|{VERSION})\}}")
SECRET: Final = "AWS::SecretsManager::Secret"  # noqa: S105 - a type's name


@dataclass(frozen=True, slots=True)
class Function:
    """One function's block; ``properties`` include what Globals adds."""

    logical_id: str
    properties: Properties

    @property
    def handler(self) -> str:
        return str(self.properties["Handler"])

    @property
    def file(self) -> PurePosixPath:
        """Its source, relative to functions/."""
        return PurePosixPath(*self.handler.split(".")[:-1]).with_suffix(".py")

    @property
    def domain(self) -> str:
        return self.file.parts[0]

    @property
    def memory_mb(self) -> int:
        return int(self.properties["MemorySize"])

    @property
    def timeout_s(self) -> int:
        return int(self.properties["Timeout"])

    @property
    def layers(self) -> tuple[str, ...]:
        """Logical ids, in the order Lambda unpacks them, those behind a condition included."""
        return tuple(referenced(layer) for layer in alternatives(self.properties.get("Layers", ())))

    @property
    def grants(self) -> tuple[str, ...]:
        """Logical ids of the managed policies its role has."""
        return tuple(referenced(policy) for policy in self.properties.get("Policies", ()))

    @property
    def uses_database(self) -> bool:
        return bool(DATABASE_GRANTS & set(self.grants))

    @property
    def variables(self) -> dict[str, Any]:
        """Its environment."""
        return dict(self.properties.get("Environment", {}).get("Variables", {}))

    @property
    def events(self) -> dict[str, dict[str, Any]]:
        return dict(self.properties.get("Events", {}))


@dataclass(frozen=True, slots=True)
class Route:
    """What calls a function through an API. ``method`` and ``path`` are empty where a key stands alone ($default)."""

    kind: Literal["http", "websocket"]
    key: str  # ANY /api/v1/users/me, $default, $connect
    function: Function
    public: bool  # no authorizer in front of it
    method: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    logical_id: str
    content_uri: str
    requirements: Path | None  # hashed pins; None for the product's own code


@dataclass(frozen=True)
class Template:
    """The parsed template; intrinsic functions in their long form, as SAM's own parser gives them."""

    document: dict[str, Any]
    root: Path

    def resources(self, kind: str) -> dict[str, Properties]:
        """Properties of every resource of a type, by logical id, in the template's order."""
        items = self.document["Resources"].items()
        return {name: item.get("Properties", {}) for name, item in items if item["Type"] == kind}

    @functools.cached_property
    def defaults(self) -> Properties:
        """What every function has without saying so."""
        return dict(self.document.get("Globals", {}).get("Function", {}))

    def functions(self) -> dict[str, Function]:
        return {name: Function(name, self._with_defaults(own)) for name, own in self.resources(FUNCTION).items()}

    def function_of(self, handler: str) -> Function:
        """KeyError for a handler that the template does not name."""
        return {function.handler: function for function in self.functions().values()}[handler]

    def _with_defaults(self, own: Properties) -> Properties:
        layers = [*self.defaults.get("Layers", ()), *own.get("Layers", ())]
        return {**self.defaults, **own, "Layers": layers, "Policies": self.policies(own)}

    def policies(self, own: Properties) -> list[Any]:
        """Those that a function's block lists, or its role where it shares one: without AWS's own, as SAM adds them."""
        if "Role" not in own:
            return list(own.get("Policies", ()))
        role = self.resources(ROLE)[referenced(own["Role"])]
        return [policy for policy in role["ManagedPolicyArns"] if "Ref" in policy]

    def queue_readers(self) -> dict[str, str]:
        """Logical id of the function that Lambda calls with a queue's messages, by the queue's."""
        polling = self.resources(POLLING).values()
        return {referenced(own["EventSourceArn"]): referenced(own["FunctionName"]) for own in polling}

    def schedules(self) -> dict[str, list[Properties]]:
        """Properties of what calls a function by the clock, by the function's logical id; only those that have any."""
        found = {
            name: [event["Properties"] for event in function.events.values() if event["Type"] == "Schedule"]
            for name, function in self.functions().items()
        }
        return {name: schedules for name, schedules in found.items() if schedules}

    def routes(self) -> list[Route]:
        return [*self._http_routes(), *self._websocket_routes()]

    def endpoints(self) -> dict[tuple[str, str], Function]:
        """The function of every (method, path) of the HTTP API; the default route has neither."""
        return {(route.method, route.path): route.function for route in self.routes() if route.path}

    def public_routes(self) -> set[tuple[str, str]]:
        return {(route.method, route.path) for route in self.routes() if route.public and route.path}

    def _http_routes(self) -> Iterator[Route]:
        for function in self.functions().values():
            for event in function.events.values():
                if event["Type"] == "HttpApi":
                    yield _http_route(function, event["Properties"])

    def _websocket_routes(self) -> Iterator[Route]:
        """SAM names them in the API, not at the function. The authorizer runs once, for $connect."""
        functions = self.functions()
        for api in self.resources(WEBSOCKET_API).values():
            for key, route in api["Routes"].items():
                yield Route("websocket", key, functions[referenced(route["FunctionArn"])], public="Auth" not in api)

    def authorizers(self) -> set[str]:
        """Logical ids of the functions that decide who calls."""
        http = [
            authorizer["FunctionArn"]
            for api in self.resources(HTTP_API).values()
            for authorizer in api.get("Auth", {}).get("Authorizers", {}).values()
        ]
        sockets = [api["Auth"]["AuthArn"] for api in self.resources(WEBSOCKET_API).values() if "Auth" in api]
        return {referenced(arn) for arn in [*http, *sockets]}

    def grants(self, function: Function) -> dict[str, list[dict[str, Any]]]:
        """Statements of each grant a function has, by the grant's name."""
        policies = self.resources(GRANT)
        return {name: statements(policies[name]["PolicyDocument"]) for name in function.grants}

    def layers(self) -> dict[str, Layer]:
        return {
            name: Layer(name, own["ContentUri"], _requirements(self.root, name))
            for name, own in self.resources(LAYER).items()
        }

    def state_machines(self) -> dict[str, dict[str, Any]]:
        """Definitions by logical id, their placeholders unfilled."""
        machines = self.resources(STATE_MACHINE).items()
        return {name: json.loads((self.root / own["DefinitionUri"]).read_text("utf-8")) for name, own in machines}

    def pipeline_functions(self) -> list[str]:
        """Logical ids of what state machines call and of what their events start: work nobody waits for."""
        called = {
            referenced(arn)
            for machine in self.resources(STATE_MACHINE).values()
            for arn in machine.get("DefinitionSubstitutions", {}).values()
        }
        functions = self.functions()
        started = {
            name
            for name, function in functions.items()
            if any(event["Type"] == "EventBridgeRule" for event in function.events.values())
        }
        return [name for name in functions if name in called | started]


def read(path: Path = ROOT / "template.yaml") -> Template:
    # A SafeLoader with CloudFormation's short forms: it can build nothing but plain values.
    return Template(dict(yaml.load(path.read_text("utf-8"), _Loader)), path.parent)  # noqa: S506


def referenced(value: Any) -> str:
    """Logical id that a Ref or a GetAtt names, also of a function by its alias; any other string as it is."""
    if isinstance(value, dict) and len(value) == 1:
        return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]).removesuffix(f".{ALIAS}")
    return str(value)


def without_versions(node: Any) -> Any:
    """For who knows neither aliases nor versions: what names one names the function."""
    if isinstance(node, list):
        return [without_versions(item) for item in node]
    if isinstance(node, str):
        return _IN_A_TEXT.sub(r"\1}", node)
    if not isinstance(node, dict):
        return node
    name, _, part = str(node.get("Ref", "")).partition(".")
    if part in (ALIAS, VERSION):
        return {"Fn::GetAtt": [name, "Arn"]}
    return {key: without_versions(value) for key, value in node.items()}


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Statements of a policy, those behind a condition included."""
    return alternatives(document["Statement"])


def alternatives(items: Iterable[Any]) -> list[Any]:
    """What a list may hold, whatever its conditions say."""
    found = [one for item in items for one in (item["Fn::If"][1:] if "Fn::If" in item else [item])]
    return [one for one in found if one != NO_VALUE]


def _http_route(function: Function, event: Properties) -> Route:
    public = event.get("Auth", {}).get("Authorizer") == "NONE"
    if "Path" not in event:
        return Route("http", "$default", function, public)
    verb, path = str(event["Method"]).upper(), str(event["Path"])
    return Route("http", f"{verb} {path}", function, public, "GET" if verb == ANY else verb, path)


def _requirements(root: Path, layer: str) -> Path | None:
    file = root / "layers" / layer.removesuffix("Layer").lower() / "requirements.txt"
    return file if file.exists() else None


class _Loader(yaml.SafeLoader):
    """Reads !Ref and its kind in their long form."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: str(value).split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)
