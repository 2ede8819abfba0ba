"""Rewrites the parsed template into what the emulator can run; template.yaml itself stays as it is.

Entry: ``run_from_folders`` and ``upload_definitions`` before SAM's transform, then ``expand``. Functions become
``provided.al2023`` with a bootstrap that runs AWS's own runtime client in the source folder: real error names, any
interpreter, edits live without a deployment. The emulator takes the routes of an HTTP API only as separate resources,
so the API's OpenAPI body is split into them after the transform.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra import template
from infra.costs.values import Scope
from infra.sam_transform import Document, transform

Upload = Callable[[str, bytes], dict[str, str]]
_ANY = "x-amazon-apigateway-any-method"

_BOOTSTRAP = """#!/bin/sh
cd "{source}"
export PYTHONPATH="{path}" PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 AWS_EXECUTION_ENV=AWS_Lambda_python3.13
exec {priority}"{python}" {program} "$_HANDLER"
"""
# Documents take what callers leave of the processors: about a tenth of a busy one, so that no step waits for ever.
# Niceness counts inside one session on Linux, and all functions are in the emulator's.
_BEHIND_CALLERS = "nice -n 10 "
_RUNTIME_CLIENT = "-m awslambdaric"
# There is one version here, that of the sources: what stands behind an alias changes with them.
_VERSIONS = ("AutoPublishAlias", "AutoPublishCodeSha256", "DeploymentPreference")
# Without its own folder on the path: the names in it are no packages of a function.
_GUEST = f"-P '{Path(__file__).with_name('guest.py')}'"


def run_from_folders(
    document: Document,
    values: Mapping[str, Any],
    *,
    root: Path,
    python: Path,
    upload: Upload,
    in_network: bool = False,
) -> None:
    """Point every function at its folder on this machine: the sources, or what `sam build` made of them.

    ``values`` of parameters decide on layers behind a condition. ``in_network``: those with a network reach what the
    deployed network reaches, and nothing else; see ``guest``.
    """
    defaults = document.get("Globals", {}).get("Function", {})
    layers, scope = _layer_folders(document, root), Scope(document, values)
    common = defaults.pop("Layers", [])
    shared_code = defaults.pop("CodeUri", None)
    unhurried = template.Template(document, root).pipeline_functions()
    defaults["Runtime"] = "provided.al2023"
    for name, resource in _named(document, template.FUNCTION):
        properties = resource["Properties"]
        code = root / properties.pop("CodeUri", shared_code)
        used = [layer["Ref"] for layer in scope.value([*common, *properties.pop("Layers", [])])]
        folders = [folder for layer in used for folder in layers[layer]]
        guest = in_network and "VpcConfig" in {**defaults, **properties}
        program = _GUEST if guest else _RUNTIME_CLIENT
        priority = _BEHIND_CALLERS if name in unhurried else ""
        properties["CodeUri"] = upload("bootstrap.zip", bootstrap_zip(code, folders, python, program, priority))
        for name_of_versions in _VERSIONS:
            properties.pop(name_of_versions, None)
        resource.pop("Metadata", None)
    document["Resources"] = template.without_versions(document["Resources"])


def _layer_folders(document: Document, root: Path) -> dict[str, list[Path]]:
    """The folder to import each layer's packages from; the layers themselves leave the template.

    A layer of requirements that is not built has none: the application's environment holds its packages.
    """
    layers = dict(_named(document, template.LAYER))
    for name in layers:
        del document["Resources"][name]
    return {name: _import_folders(root / layer["Properties"]["ContentUri"]) for name, layer in layers.items()}


def _import_folders(content: Path) -> list[Path]:
    if (content / "python").is_dir():
        return [content / "python"]
    return [content] if any(content.glob("*/__init__.py")) else []


def bootstrap_zip(source: Path, layers: list[Path], python: Path, program: str, priority: str = "") -> bytes:
    """The same bytes for the same folders, so that a deployment without changes updates nothing."""
    path = ":".join(map(str, [source, *layers]))
    text = _BOOTSTRAP.format(source=source, path=path, python=python, program=program, priority=priority)
    entry = zipfile.ZipInfo("bootstrap", (2020, 1, 1, 0, 0, 0))
    entry.external_attr = 0o700 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, text)
    return buffer.getvalue()


def upload_definitions(document: Document, *, root: Path, upload: Upload, max_concurrency: int) -> None:
    """State machines from files, with Map states no wider than this machine and a constant wait after throttling.

    The emulator doubles a wait up to a minute, whatever MaxDelaySeconds says, and has no jitter: everything that
    waits would retry together, once a minute, for the one free worker.
    """
    for resource in _of_type(document, template.STATE_MACHINE):
        properties = resource["Properties"]
        definition = json.loads((root / properties["DefinitionUri"]).read_text("utf-8"))
        for state in definition["States"].values():
            if state["Type"] == "Map":
                state.pop("MaxConcurrencyPath", None)  # which the emulator does not know
                state["MaxConcurrency"] = min(state.get("MaxConcurrency", max_concurrency), max_concurrency)
        for retry in _throttled_retries(definition):
            retry |= {"IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 1000}
        properties["DefinitionUri"] = upload("definition.asl.json", json.dumps(definition).encode())


def upload_children(document: Document, *, root: Path, upload: Upload, address: Callable[[str], str]) -> None:
    """Nested stacks that no condition keeps away, without alarms: the emulator knows no metric math (``alarms``)."""
    for resource in _of_type(document, "AWS::CloudFormation::Stack"):
        if "Condition" in resource:
            continue
        child = template.read(root / resource["Properties"]["TemplateURL"]).document
        child["Resources"] = {n: r for n, r in child["Resources"].items() if r["Type"] != "AWS::CloudWatch::Alarm"}
        resource["Properties"]["TemplateURL"] = address(upload("child.json", json.dumps(child).encode())["Key"])


def _throttled_retries(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in machine["States"].values():
        yield from (r for r in state.get("Retry", ()) if "Lambda.TooManyRequestsException" in r["ErrorEquals"])
        if "ItemProcessor" in state:
            yield from _throttled_retries(state["ItemProcessor"])


def expand(document: Document, values: dict[str, Any]) -> Document:
    """SAM's own transform, then what the emulator reads differently from AWS."""
    _leave_schema_out(document)
    _allow_plain_http(document)
    for resource in [stack for stack in _of_type(document, "AWS::CloudFormation::Stack") if "Condition" in stack]:
        resource["Properties"]["TemplateURL"] = "https://unused.invalid/behind-a-false-condition"
    expanded = transform(document, values)
    secrets = {name for name, _ in _named(expanded, template.SECRET)}
    expanded["Resources"] = _secret_refs_to_arns(expanded["Resources"], secrets)
    for name, resource in list(_named(expanded, "AWS::ApiGatewayV2::Api")):
        _split_routes(expanded["Resources"], name, resource["Properties"])
    return expanded


def _leave_schema_out(document: Document) -> None:
    """The local stack has migrated before it deploys, and says what is wrong in its own words."""
    document.get("Globals", {}).get("Function", {}).get("Tags", {}).pop("schema", None)
    for name in [name for name, _ in _named(document, "Custom::Schema")]:
        del document["Resources"][name]


def _allow_plain_http(document: Document) -> None:
    """The emulator speaks no TLS, and enforces the bucket's policy that refuses calls without it."""
    for name in [name for name, _ in _named(document, "AWS::S3::BucketPolicy")]:
        del document["Resources"][name]


def _secret_refs_to_arns(node: Any, secrets: set[str]) -> Any:
    """On AWS a Ref to a secret gives its ARN; the emulator gives its name, which no policy matches."""
    if isinstance(node, list):
        return [_secret_refs_to_arns(item, secrets) for item in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1 and node.get("Ref") in secrets:
        return {"Fn::GetAtt": [node["Ref"], "Arn"]}
    return {key: _secret_refs_to_arns(value, secrets) for key, value in node.items()}


def api_id(logical_id: str) -> str:
    """Eight hexadecimal digits, as the emulator wants; derived from the name, so the URL survives restarts."""
    return hashlib.sha256(logical_id.encode()).hexdigest()[:8]


def _split_routes(resources: dict[str, Any], name: str, api: dict[str, Any]) -> None:
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
                        # Without it the emulator would require the Authorization header; AWS requires nothing.
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


def _named(document: Document, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, resource) for name, resource in document["Resources"].items() if resource["Type"] == kind)


def _of_type(document: Document, kind: str) -> list[dict[str, Any]]:
    return [resource for _, resource in _named(document, kind)]
