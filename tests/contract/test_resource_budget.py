"""CloudFormation takes 500 resources a stack: what the template becomes with two functions more, by SAM."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from infra import template
from infra.local.paths import EMULATOR_PYTHON
from infra.transformed import transformed

TEMPLATE = template.read()
MORE = 2
FUNCTIONS, BUDGET = len(TEMPLATE.functions()) + MORE, 495
# Default quota: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICIES_OF_A_ROLE = 10

# Where a bad version hurts at once, so traffic moves to a new one step by step. Every other function changes at once:
# with an alias and a canary on all, a hundred functions are over 600 resources.
ALIASES = 15
ALIASED = (
    "AuthorizeRequestFunction",
    "SendMessageFunction",
    "UploadDocumentFunction",
    "QueryKnowledgeFunction",
    "StartIngestionFunction",
    "ParseDocumentFunction",
    "ChunkDocumentFunction",
    "IndexTextFunction",
    "EmbedChunksFunction",
    "IndexVectorsFunction",
    "FinishDocumentFunction",
    "MarkFailedFunction",
)
CANARY = {"AutoPublishAlias": "live", "DeploymentPreference": {"Type": "Canary10Percent5Minutes"}}


def expanded(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Resources by logical id after the transform, which the emulator's environment holds."""
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    return dict(transformed(document)["Resources"])


def grown(functions: int) -> dict[str, Any]:
    """The template with copies of its own functions, and as many aliases as are planned for."""
    document = copy.deepcopy(TEMPLATE.document)
    resources = document["Resources"]
    models = [name for name, function in TEMPLATE.functions().items() if not _is_default_route(function)]
    sources = itertools.islice(itertools.cycle(models), functions - len(TEMPLATE.functions()))
    copies = {f"{model}Copy{number}": model for number, model in enumerate(sources)}
    for name, model in copies.items():
        resources[name] = copy.deepcopy(resources[model])
        for event in resources[name]["Properties"].get("Events", {}).values():
            if event["Type"] == "HttpApi":
                event["Properties"]["Path"] += f"/{name}"
    aliased = [*ALIASED, *copies][:ALIASES]
    for name in aliased:
        resources[name]["Properties"] |= CANARY
    return document


def _is_default_route(function: template.Function) -> bool:
    return any(event["Type"] == "HttpApi" and "Path" not in event["Properties"] for event in function.events.values())


def _count(resources: dict[str, dict[str, Any]], kind: str) -> int:
    return sum(resource["Type"] == kind for resource in resources.values())


def test_two_functions_more_than_today_fit_into_the_stack() -> None:
    resources = expanded(grown(FUNCTIONS))

    assert _count(resources, "AWS::Lambda::Function") == FUNCTIONS
    groups = _count(resources, "AWS::CodeDeploy::DeploymentGroup")
    assert _count(resources, "AWS::Lambda::Alias") == groups == len(ALIASED) + MORE
    assert len(resources) <= BUDGET


def test_a_role_has_no_more_policies_than_iam_allows() -> None:
    roles = {name: item for name, item in expanded(TEMPLATE.document).items() if item["Type"] == "AWS::IAM::Role"}
    policies = {name: role["Properties"].get("ManagedPolicyArns", []) for name, role in roles.items()}

    assert {"Ref": "FeedsDatabase"} in policies["StartIngestionFunctionRole"]
    assert {name: arns for name, arns in policies.items() if len(arns) > POLICIES_OF_A_ROLE} == {}


def test_only_the_named_functions_have_an_alias() -> None:
    functions = TEMPLATE.functions()
    with_alias = {name for name, function in functions.items() if "AutoPublishAlias" in function.properties}

    assert set(ALIASED) <= set(functions)
    assert with_alias <= set(ALIASED)
    assert len(ALIASED) <= ALIASES
