"""What SAM's transform adds to the template: roles, managed policies and networks that the source does not show."""

from __future__ import annotations

import re
from typing import Any

import pytest

from infra import template
from infra.local.paths import EMULATOR_PYTHON, ROOT
from infra.transformed import transformed

TEMPLATE = template.read()
FUNCTIONS = TEMPLATE.functions()

# Policies of AWS reach further than the product's own grants, so each has its readers named here.
LOGS, TRACES, NETWORK = (
    "AWSLambdaBasicExecutionRole",
    "AWSXrayWriteOnlyAccess",
    "AWSLambdaVPCAccessExecutionRole",
)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    return dict(transformed()["Resources"])


def managed_by_aws(role: dict[str, Any]) -> set[str]:
    arns = role["Properties"].get("ManagedPolicyArns", [])
    texts = [arn.get("Fn::Sub") if isinstance(arn, dict) else arn for arn in arns]
    return {text.rpartition("/")[2] for text in texts if isinstance(text, str)}


def expected_policies(function: template.Function) -> set[str]:
    return {LOGS, TRACES} | ({NETWORK} if function.uses_database else set())


def test_a_function_has_the_policies_of_aws_that_its_work_needs(resources: dict[str, Any]) -> None:
    roles = {name: template.referenced(resources[name]["Properties"]["Role"]) for name in FUNCTIONS}
    added = {name: managed_by_aws(resources[role]) for name, role in roles.items()}

    assert added == {name: expected_policies(function) for name, function in FUNCTIONS.items()}


def test_only_functions_with_the_database_stand_in_its_network(resources: dict[str, Any]) -> None:
    """Outside there is no interface to wait for, and every provider of models can be reached."""
    inside = {name for name in FUNCTIONS if resources[name]["Properties"].get("VpcConfig")}

    assert inside == {name for name, function in FUNCTIONS.items() if function.uses_database}


def test_a_role_that_may_make_network_interfaces_has_that_denied_to_its_code(resources: dict[str, Any]) -> None:
    roles = {name: item for name, item in resources.items() if item["Type"] == "AWS::IAM::Role"}
    inside = {name for name, role in roles.items() if NETWORK in managed_by_aws(role)}
    denying = {
        name
        for name, item in resources.items()
        if item["Type"] == template.GRANT
        and any(s["Effect"] == "Deny" for s in template.statements(item["Properties"]["PolicyDocument"]))
    }

    assert inside
    for name in inside:
        arns = roles[name]["Properties"]["ManagedPolicyArns"]
        assert {arn["Ref"] for arn in arns if "Ref" in arn} & denying, name


def test_no_role_reaches_every_queue_of_the_account(resources: dict[str, Any]) -> None:
    roles = [item for item in resources.values() if item["Type"] == "AWS::IAM::Role"]

    assert not [policy for role in roles for policy in managed_by_aws(role) if "SQS" in policy]


def test_the_content_is_reached_over_tls_alone(resources: dict[str, Any]) -> None:
    [policy] = [item["Properties"] for item in resources.values() if item["Type"] == "AWS::S3::BucketPolicy"]
    [statement] = policy["PolicyDocument"]["Statement"]

    assert policy["Bucket"] == {"Ref": "ContentBucket"}
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")


def test_old_versions_of_content_are_kept_for_a_while_in_prod_only() -> None:
    [bucket] = TEMPLATE.resources("AWS::S3::Bucket").values()
    [days] = [
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if "NoncurrentVersionExpiration" in rule
    ]

    assert bucket["VersioningConfiguration"]["Fn::If"][:2] == ["IsProd", {"Status": "Enabled"}]
    assert days == 30


def test_every_exception_of_checkov_has_its_reason() -> None:
    text = (ROOT / "infra" / "checkov.yaml").read_text("utf-8")
    exceptions = re.findall(r"^  - (\S+)(.*)$", text.partition("skip-check:")[2], re.MULTILINE)

    assert exceptions
    assert [name for name, reason in exceptions if not re.match(r" +# .{20,}", reason)] == []


def test_pages_of_the_named_origins_may_use_every_method(resources: dict[str, Any]) -> None:
    cors = resources["Api"]["Properties"]["Body"]["x-amazon-apigateway-cors"]

    assert set(cors) == {"allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "maxAge"}
