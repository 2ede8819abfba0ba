"""Versions and aliases: who has one, that everybody who calls it names it, and that each release publishes one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra import template
from infra.local.paths import EMULATOR_PYTHON, ROOT
from infra.transformed import transformed
from tests.contract.test_resource_budget import ALIASED

TEMPLATE = template.read()
FUNCTIONS = TEMPLATE.functions()
CHECKER = "CheckReleaseFunction"
# A caller waits for them, so a version that fails is seen at once; what reads documents is repeated.
CHECKED_BEFORE = {"AuthorizeRequestFunction", "QueryKnowledgeFunction", "SendMessageFunction", "UploadDocumentFunction"}
# What makes versions, aliases and deployments, and what calls a new version on purpose.
OWN_PARTS = re.compile(r"^(?:\w+Function(?:Version\w+|Aliaslive|DeploymentGroup)|CheckReleaseFunction|ChecksReleases)$")


def transform(**parameters: str) -> dict[str, Any]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    document = json.loads(json.dumps(TEMPLATE.document))
    for name, value in parameters.items():
        document["Parameters"][name]["Default"] = value
    return dict(transformed(document)["Resources"])


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    return transform()


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: item for name, item in resources.items() if item["Type"] == kind}


def versions(resources: dict[str, Any]) -> dict[str, str]:
    """Logical id of the published version by that of its function."""
    found = of_type(resources, "AWS::Lambda::Version").items()
    return {template.referenced(item["Properties"]["FunctionName"]): name for name, item in found}


def named(node: Any) -> set[str]:
    """Logical ids that a resource names, in any of CloudFormation's ways."""
    if isinstance(node, list):
        return set().union(*(named(item) for item in node))
    if isinstance(node, str):
        return set(re.findall(r"\$\{(\w+)", node))
    if not isinstance(node, dict):
        return set()
    own = {str(node["Ref"])} if "Ref" in node else set()
    attribute = node.get("Fn::GetAtt")
    own |= {str(attribute[0] if isinstance(attribute, list) else attribute).split(".")[0]} if attribute else set()
    return own.union(*(named(value) for value in node.values()))


def test_every_named_function_has_the_alias(resources: dict[str, Any]) -> None:
    aliases = of_type(resources, "AWS::Lambda::Alias").values()

    assert {template.referenced(item["Properties"]["FunctionName"]) for item in aliases} == set(ALIASED)
    assert {item["Properties"]["Name"] for item in aliases} == {"live"}
    assert set(versions(resources)) == set(ALIASED)


def test_nobody_calls_a_function_past_its_alias(resources: dict[str, Any]) -> None:
    """Neither routes, authorizer, queues, state machines and their rights, nor the environment of another function."""
    past = {name: set(ALIASED) & named(item) for name, item in resources.items() if not OWN_PARTS.match(name)}

    assert {name: functions for name, functions in past.items() if functions} == {}


def test_the_alias_is_called_by_all_that_called_the_function(resources: dict[str, Any]) -> None:
    callers = {
        "Uploads": {"StartIngestionFunction"},
        "IngestionStateMachine": set(ALIASED) & {f"{name}Function" for name in _steps()},
        "IngestionStateMachineRole": set(ALIASED) & {f"{name}Function" for name in _steps()},
        "Api": CHECKED_BEFORE,
    }

    for caller, functions in callers.items():
        found = {name.removesuffix("Aliaslive") for name in named(resources[caller]) if name.endswith("Aliaslive")}
        assert found == functions, caller


def _steps() -> set[str]:
    text = json.dumps(TEMPLATE.state_machines()["IngestionStateMachine"])
    return set(re.findall(r"\$\{(\w+)FunctionArn\}", text))


def test_a_release_in_which_a_layer_alone_changed_publishes_new_versions(resources: dict[str, Any]) -> None:
    """SAM compares a function's own folder, and nearly all code is in layers."""
    next_release = versions(transform(ReleaseSha="f" * 64))

    assert set(next_release) == set(ALIASED)
    assert not set(next_release.values()) & set(versions(resources).values())


def test_the_same_release_publishes_none(resources: dict[str, Any]) -> None:
    assert versions(transform(ServiceVersion="v2")) == versions(resources)


def test_old_versions_stay_for_the_way_back(resources: dict[str, Any]) -> None:
    """Their removal is `make deploy`'s, which keeps what an alias names."""
    assert {item["DeletionPolicy"] for item in of_type(resources, "AWS::Lambda::Version").values()} == {"Retain"}


def test_traffic_moves_in_steps_in_prod_and_back_when_an_alarm_rings(resources: dict[str, Any]) -> None:
    groups = of_type(resources, "AWS::CodeDeploy::DeploymentGroup")

    assert {name.removesuffix("DeploymentGroup") for name in groups} == set(ALIASED)
    for group in groups.values():
        own = group["Properties"]
        assert own["DeploymentConfigName"]["Fn::If"][0] == "IsProd"
        assert [choice["Fn::Sub"][1]["ConfigName"] for choice in own["DeploymentConfigName"]["Fn::If"][1:]] == [
            "Canary10Percent5Minutes",
            "AllAtOnce",
        ]
        assert set(own["AutoRollbackConfiguration"]["Events"]) >= {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"}
        # By name: a reference to the stack of the alarms would be a circle, for it names the API.
        assert [alarm["Name"] for alarm in own["AlarmConfiguration"]["Alarms"]] == [
            {"Fn::Sub": "${AWS::StackName}-ErrorRate"},
            {"Fn::Sub": "${AWS::StackName}-SlowAnswers"},
        ]


def test_a_version_that_callers_wait_for_answers_a_question_before_it_gets_traffic(resources: dict[str, Any]) -> None:
    policies = {
        name.removesuffix("Aliaslive"): item["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        for name, item in of_type(resources, "AWS::Lambda::Alias").items()
    }
    hooked = {name: own["BeforeAllowTrafficHook"] for name, own in policies.items() if "BeforeAllowTrafficHook" in own}

    assert hooked == {name: {"Ref": CHECKER} for name in CHECKED_BEFORE}


def test_codedeploy_may_call_the_check_by_its_name(resources: dict[str, Any]) -> None:
    """AWSCodeDeployRoleForLambda allows functions of that name alone."""
    [policy] = resources["CodeDeployServiceRole"]["Properties"]["ManagedPolicyArns"]
    name = resources[CHECKER]["Properties"]["FunctionName"]["Fn::Sub"]

    assert str(policy).endswith("/AWSCodeDeployRoleForLambda")
    assert name == "CodeDeployHook_${AWS::StackName}"


def test_the_check_calls_the_versions_that_are_about_to_get_traffic(resources: dict[str, Any]) -> None:
    called = set(versions(resources).values()) & named(resources[CHECKER]["Properties"]["Environment"])

    assert called == {versions(resources)[name] for name in CHECKED_BEFORE}


def test_the_check_may_call_what_it_names_and_nothing_else() -> None:
    text, versions = FUNCTIONS[CHECKER].variables["RELEASE"]["Fn::Sub"]
    plain = set(re.findall(r"\$\{(\w+Function)\}", text))
    statements = TEMPLATE.grants(FUNCTIONS[CHECKER])["ChecksReleases"]
    allowed = {name for statement in statements for name in named(statement["Resource"])}

    assert allowed == plain | {version["Ref"].removesuffix(".Version") for version in versions.values()}
    assert {statement["Action"] for statement in statements} == {"lambda:InvokeFunction"}


def test_what_callers_wait_for_may_be_kept_ready_and_grows_at_seventy_percent() -> None:
    [stack] = [own for own in TEMPLATE.resources("AWS::CloudFormation::Stack").values() if "scaling" in str(own)]
    document = template.read(ROOT / stack["TemplateURL"]).document
    targets = of_type(document["Resources"], "AWS::ApplicationAutoScaling::ScalableTarget")
    policies = of_type(document["Resources"], "AWS::ApplicationAutoScaling::ScalingPolicy").values()
    followed = {template.referenced(policy["Properties"]["ScalingTargetId"]) for policy in policies}
    aims = [policy["Properties"]["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for policy in policies]

    assert {f"{name}Function" for name in targets} == CHECKED_BEFORE
    assert (followed, aims) == (set(targets), [0.7] * len(targets))
    for name in targets:
        assert stack["Parameters"][f"{name}Alias"] == {"Ref": f"{name}Function.Alias"}


def test_nothing_is_kept_ready_unless_it_is_asked_for(resources: dict[str, Any]) -> None:
    parameters = {name: own["Default"] for name, own in TEMPLATE.document["Parameters"].items()}

    assert resources["Scaling"]["Condition"] == "KeepsReady"
    assert {name: value for name, value in parameters.items() if name.startswith("Provisioned") and value} == {}
