"""Removes versions of functions and layers that no alias can lead to any more; entry ``prune``, after a deployment.

CloudFormation keeps them all, so that a deployment can go back, and an account has 75 GB for them:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import boto3

from infra.stack_parts import parts_of

KEPT: Final = 3  # the newest of each, whatever uses them
_LATEST: Final = "$LATEST"


def prune(stack: str, *, kept: int = KEPT, **client: Any) -> list[str]:
    """ARNs of what was removed. What an alias names stays, also with the weight of a canary, and what that uses."""
    functions = boto3.client("lambda", **client)
    names = list(_functions(stack, **client))
    removed = [arn for name in names for arn in _prune_function(functions, name, kept)]
    used = {layer["Arn"] for name in names for version in _versions(functions, name) for layer in _layers(version)}
    return removed + [
        arn for name in _layer_names(functions, used, stack) for arn in _prune_layer(functions, name, used, kept)
    ]


def _functions(stack: str, **client: Any) -> Iterator[str]:
    for part in parts_of(boto3.client("cloudformation", **client), stack):
        if part.kind == "AWS::Lambda::Function":
            yield part.name


def _versions(functions: Any, name: str) -> list[dict[str, Any]]:
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    return [version for page in pages for version in page["Versions"]]


def _layers(version: dict[str, Any]) -> Iterable[dict[str, Any]]:
    return list(version.get("Layers") or ())


def _prune_function(functions: Any, name: str, kept: int) -> Iterator[str]:
    versions = {item["Version"]: item["FunctionArn"] for item in _versions(functions, name)}
    numbers = sorted((version for version in versions if version != _LATEST), key=int)
    live = _live(functions, name) if numbers else set()
    for number in numbers[:-kept]:
        if number not in live:
            functions.delete_function(FunctionName=name, Qualifier=number)
            yield versions[number]


def _live(functions: Any, name: str) -> set[str]:
    pages = functions.get_paginator("list_aliases").paginate(FunctionName=name)
    aliases = [alias for page in pages for alias in page["Aliases"]]
    weighted = [alias.get("RoutingConfig", {}).get("AdditionalVersionWeights") or {} for alias in aliases]
    return {alias["FunctionVersion"] for alias in aliases}.union(*weighted)


def _layer_names(functions: Any, used: set[str], stack: str) -> set[str]:
    """Of the stack's own layers, which are named after it."""
    pages = functions.get_paginator("list_layers").paginate()
    names = {layer["LayerName"] for page in pages for layer in page["Layers"]} | {arn.split(":")[6] for arn in used}
    return {name for name in names if name.startswith(f"{stack}-")}


def _prune_layer(functions: Any, name: str, used: set[str], kept: int) -> Iterator[str]:
    pages = functions.get_paginator("list_layer_versions").paginate(LayerName=name)
    found = sorted((version for page in pages for version in page["LayerVersions"]), key=lambda item: item["Version"])
    for version in found[:-kept]:
        if version["LayerVersionArn"] not in used:
            functions.delete_layer_version(LayerName=name, VersionNumber=version["Version"])
            yield str(version["LayerVersionArn"])
