"""template.yaml → what the emulator can run, without touching the template.

Functions become ``provided.al2023`` with a bootstrap that runs AWS's own runtime client in the source folder: real
error names, any interpreter, edits live without a deployment. HTTP APIs, which the emulator takes only as separate
routes, are taken apart after SAM's own transform has expanded them.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

Template = dict[str, Any]
Upload = Callable[[str, bytes], dict[str, str]]
_ANY = "x-amazon-apigateway-any-method"

_BOOTSTRAP = """#!/bin/sh
cd "{source}"
export PYTHONPATH="{path}" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 AWS_EXECUTION_ENV=AWS_Lambda_python3.13
exec "{python}" -m awslambdaric "$_HANDLER"
"""


def read_template(path: Path) -> Template:
    return dict(yaml_parse(path.read_text("utf-8")))


def parameter_values(template: Template, given: dict[str, str]) -> dict[str, Any]:
    """Every parameter's value as SAM's transform wants it: lists as lists."""
    values = {name: given.get(name, spec.get("Default", "")) for name, spec in template["Parameters"].items()}
    lists = {name for name, spec in template["Parameters"].items() if spec["Type"] == "CommaDelimitedList"}
    return {name: str(value).split(",") if name in lists else value for name, value in values.items()}


def run_from_folders(template: Template, *, root: Path, python: Path, upload: Upload) -> None:
    """Point every function at its folder on this machine: the sources, or what `sam build` made of them."""
    defaults = template.get("Globals", {}).get("Function", {})
    layers = _layer_folders(template, root)
    common = defaults.pop("Layers", [])
    shared_code = defaults.pop("CodeUri", None)
    defaults["Runtime"] = "provided.al2023"
    for resource in _of_type(template, "AWS::Serverless::Function"):
        properties = resource["Properties"]
        code = root / properties.pop("CodeUri", shared_code)
        wanted = [layers[layer["Ref"]] for layer in [*common, *properties.pop("Layers", [])]]
        properties["CodeUri"] = upload("bootstrap.zip", bootstrap_zip(code, wanted, python))
        properties.pop("AutoPublishAlias", None)
        resource.pop("Metadata", None)


def _layer_folders(template: Template, root: Path) -> dict[str, Path]:
    """Where each layer's packages are; the layers themselves leave the template."""
    layers = {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::LayerVersion"}
    for name in layers:
        del template["Resources"][name]
    folders = {name: root / resource["Properties"]["ContentUri"] for name, resource in layers.items()}
    return {name: folder / "python" if (folder / "python").is_dir() else folder for name, folder in folders.items()}


def bootstrap_zip(source: Path, layers: list[Path], python: Path) -> bytes:
    """Always the same bytes for the same folders, so that nothing is updated without need."""
    text = _BOOTSTRAP.format(source=source, path=":".join(map(str, [source, *layers])), python=python)
    entry = zipfile.ZipInfo("bootstrap", (2020, 1, 1, 0, 0, 0))
    entry.external_attr = 0o755 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, text)
    return buffer.getvalue()


def upload_definitions(template: Template, *, root: Path, upload: Upload, max_concurrency: int) -> None:
    """State machines from files; Map states run no wider than this machine, and the throttled ask again every time.

    The emulator doubles a wait up to a minute, whatever MaxDelaySeconds says, and has no jitter: all who wait would
    wake together, once a minute, for the one free worker.
    """
    for resource in _of_type(template, "AWS::Serverless::StateMachine"):
        properties = resource["Properties"]
        definition = json.loads((root / properties["DefinitionUri"]).read_text("utf-8"))
        for state in definition["States"].values():
            if state["Type"] == "Map":
                state["MaxConcurrency"] = min(state.get("MaxConcurrency", max_concurrency), max_concurrency)
        for retry in _throttled_retries(definition):
            retry["BackoffRate"] = 1
        properties["DefinitionUri"] = upload("definition.asl.json", json.dumps(definition).encode())


def _throttled_retries(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in machine["States"].values():
        yield from (r for r in state.get("Retry", ()) if "Lambda.TooManyRequestsException" in r["ErrorEquals"])
        if "ItemProcessor" in state:
            yield from _throttled_retries(state["ItemProcessor"])


def expand(template: Template, values: dict[str, Any]) -> Template:
    """SAM's own transform, then HTTP APIs taken apart."""
    for resource in _of_type(template, "AWS::CloudFormation::Stack"):
        resource["Properties"]["TemplateURL"] = "https://unused.invalid/behind-a-false-condition"
    policies = type("NoManagedPolicies", (), {"load": staticmethod(dict)})()
    expanded: Template = transform(template, values, policies)
    secrets = {name for name, _ in _named(expanded, "AWS::SecretsManager::Secret")}
    expanded["Resources"] = _name_secrets_in_full(expanded["Resources"], secrets)
    for name, resource in list(_named(expanded, "AWS::ApiGatewayV2::Api")):
        _take_apart(expanded["Resources"], name, resource["Properties"])
    return expanded


def _name_secrets_in_full(node: Any, secrets: set[str]) -> Any:
    """A Ref to a secret is its ARN on AWS and its bare name here, which no policy would match."""
    if isinstance(node, list):
        return [_name_secrets_in_full(item, secrets) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and node.get("Ref") in secrets:
        return {"Fn::GetAtt": [node["Ref"], "Arn"]}
    return {key: _name_secrets_in_full(value, secrets) for key, value in node.items()}


def api_id(logical_id: str) -> str:
    """The emulator takes eight hexadecimal digits; a stable id keeps the URL over restarts."""
    return hashlib.sha256(logical_id.encode()).hexdigest()[:8]


def _take_apart(resources: dict[str, Any], name: str, api: dict[str, Any]) -> None:
    body = api.pop("Body", None)
    if body is None:
        return
    for key in ("FailOnWarnings", "BodyS3Location", "BasePath"):
        api.pop(key, None)
    api |= {"ProtocolType": "HTTP", "Name": name, "Tags": {**api.get("Tags", {}), "ms-custom-id": api_id(name)}}
    if cors := body.get("x-amazon-apigateway-cors"):
        api["CorsConfiguration"] = dict(cors)
    authorizers = dict(_authorizers(name, body))
    resources.update(authorizers)
    for number, (route_key, operation) in enumerate(_operations(body)):
        resources[f"{name}Integration{number}"] = _integration(name, operation)
        resources[f"{name}Route{number}"] = _route(name, number, route_key, operation, authorizers)


def _authorizers(name: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for scheme, spec in body.get("components", {}).get("securitySchemes", {}).items():
        settings = spec.get("x-amazon-apigateway-authorizer")
        if settings:
            yield (
                f"{name}{scheme}",
                {
                    "Type": "AWS::ApiGatewayV2::Authorizer",
                    "Properties": {
                        "ApiId": {"Ref": name},
                        "Name": scheme,
                        "AuthorizerType": "REQUEST",
                        "AuthorizerUri": settings["authorizerUri"],
                        "AuthorizerPayloadFormatVersion": settings.get("authorizerPayloadFormatVersion", "2.0"),
                        "EnableSimpleResponses": settings.get("enableSimpleResponses", True),
                        "AuthorizerResultTtlInSeconds": settings.get("authorizerResultTtlInSeconds", 0),
                        # Missing would mean the Authorization header here, and nothing at all on AWS.
                        "IdentitySource": _as_list(settings.get("identitySource")),
                    },
                },
            )


def _as_list(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value or [])


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if "x-amazon-apigateway-integration" in operation:
                verb = "ANY" if method == _ANY else method.upper()
                yield ("$default" if path.strip("/") == "$default" else f"{verb} {path}"), operation


def _integration(name: str, operation: dict[str, Any]) -> dict[str, Any]:
    settings = operation["x-amazon-apigateway-integration"]
    return {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "ApiId": {"Ref": name},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": settings["uri"],
            "PayloadFormatVersion": settings.get("payloadFormatVersion", "2.0"),
        },
    }


def _route(
    name: str, number: int, route_key: str, operation: dict[str, Any], authorizers: dict[str, Any]
) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "ApiId": {"Ref": name},
        "RouteKey": route_key,
        "Target": {"Fn::Sub": f"integrations/${{{name}Integration{number}}}"},
    }
    schemes = [scheme for entry in operation.get("security") or [] for scheme in entry]
    if used := [f"{name}{scheme}" for scheme in schemes if f"{name}{scheme}" in authorizers]:
        properties |= {"AuthorizerId": {"Ref": used[0]}, "AuthorizationType": "CUSTOM"}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def _named(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, resource) for name, resource in template["Resources"].items() if resource["Type"] == kind)


def _of_type(template: Template, kind: str) -> list[dict[str, Any]]:
    return [resource for _, resource in _named(template, kind)]
