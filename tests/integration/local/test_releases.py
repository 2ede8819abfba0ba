"""Going back to the release before, removing what no alias leads to, and deleting a stack, against the emulator."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from infra import destroy
from infra.old_versions import prune
from infra.release import Deployed, remember, roll_back
from tests.integration.local.conftest import Probe

STACK, BUCKET = "voicehelper-dev", "voicehelper-dev-content"
ARTEFACTS = "voicehelper-dev-artefacts"


def template(release: str) -> str:
    """A bucket and a table that stay, and a function whose environment is the release."""
    function = {
        "FunctionName": f"{STACK}-AskFunction",
        "Runtime": "provided.al2023",
        "Handler": "x",
        "Role": "arn:aws:iam::000000000000:role/none",
        "Code": {"S3Bucket": ARTEFACTS, "S3Key": "code.zip"},
        "Environment": {"Variables": {"RELEASE": release, "STAGE": {"Ref": "Stage"}}},
    }
    table = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "scope", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "scope", "KeyType": "HASH"}],
    }
    bucket = {"BucketName": BUCKET, "VersioningConfiguration": {"Status": "Enabled"}}
    resources = {
        "AskFunction": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Content": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": bucket},
        "Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": table},
    }
    return json.dumps({"Parameters": {"Stage": {"Type": "String"}}, "Resources": resources})


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("bootstrap", "#!/bin/sh\n")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def account(probe: Probe) -> dict[str, str]:
    """What boto3 is told, to reach the emulator."""
    endpoint = probe.endpoint
    return {
        "endpoint_url": endpoint.url,
        "region_name": "us-east-1",
        "aws_access_key_id": endpoint.access_key_id,
        "aws_secret_access_key": endpoint.secret_access_key,
    }


@pytest.fixture
def stack(probe: Probe, account: dict[str, str]) -> Iterator[str]:
    """A deployed one; whatever is left of it goes at the end."""
    s3, formation = probe.client("s3"), probe.client("cloudformation")
    s3.create_bucket(Bucket=ARTEFACTS)
    s3.put_object(Bucket=ARTEFACTS, Key="code.zip", Body=archive())
    parameters = [{"ParameterKey": "Stage", "ParameterValue": "dev"}]
    formation.create_stack(StackName=STACK, TemplateBody=template("first"), Parameters=parameters)
    formation.get_waiter("stack_create_complete").wait(StackName=STACK, WaiterConfig={"Delay": 0.1})
    yield STACK
    if _exists(formation):
        destroy.Destruction(STACK, account, delay_s=0.1).destroy()


def _exists(formation: Any) -> bool:
    statuses = ["CREATE_COMPLETE", "UPDATE_COMPLETE"]
    return STACK in {item["StackName"] for item in formation.list_stacks(StackStatusFilter=statuses)["StackSummaries"]}


def variables(probe: Probe) -> dict[str, str]:
    configuration = probe.client("lambda").get_function_configuration(FunctionName=f"{STACK}-AskFunction")
    return dict(configuration["Environment"]["Variables"])


def test_a_release_that_does_not_answer_is_undone_from_the_template_of_the_one_before(
    probe: Probe, account: dict[str, str], stack: str
) -> None:
    formation = probe.client("cloudformation")
    before = remember(stack, **account)
    parameters = [{"ParameterKey": "Stage", "ParameterValue": "changed"}]
    formation.update_stack(StackName=stack, TemplateBody=template("second"), Parameters=parameters)
    formation.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})
    broken = variables(probe)

    assert before
    roll_back(before, bucket=ARTEFACTS, delay_s=0.1, **account)

    assert broken == {"RELEASE": "second", "STAGE": "changed"}
    assert variables(probe) == {"RELEASE": "first", "STAGE": "dev"}


def test_going_back_to_what_is_there_changes_nothing(account: dict[str, str], stack: str) -> None:
    before = remember(stack, **account)

    assert before
    roll_back(before, bucket=ARTEFACTS, delay_s=0.1, **account)

    assert remember(stack, **account) == before


def test_before_the_first_deployment_there_is_nothing_to_go_back_to(account: dict[str, str]) -> None:
    assert remember("voicehelper-never", **account) is None


def test_versions_stay_that_an_alias_leads_to_and_the_newest(probe: Probe, account: dict[str, str], stack: str) -> None:
    functions, name, layer = probe.client("lambda"), f"{stack}-AskFunction", f"{stack}-shared"
    for release in range(5):
        content = {"ZipFile": archive()}
        arn = functions.publish_layer_version(LayerName=layer, Content=content)["LayerVersionArn"]
        functions.update_function_configuration(FunctionName=name, Description=str(release), Layers=[arn])
        functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    removed = prune(stack, kept=2, **account)

    kept = [item["Version"] for item in functions.list_versions_by_function(FunctionName=name)["Versions"]]
    layers = [item["Version"] for item in functions.list_layer_versions(LayerName=layer)["LayerVersions"]]
    assert sorted(kept) == ["$LATEST", "1", "4", "5"]
    assert sorted(layers) == [1, 4, 5]
    assert len(removed) == 4
    assert prune(stack, kept=2, **account) == []


def test_a_stack_is_deleted_by_its_name_alone_with_every_version_of_its_files(
    probe: Probe, account: dict[str, str], stack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = probe.client("s3")
    for _ in range(2):
        s3.put_object(Bucket=BUCKET, Key="documents/a", Body=b"a")
    s3.delete_object(Bucket=BUCKET, Key="documents/a")
    probe.client("ssm").put_parameter(Name=f"/{stack}/keys/signing", Value="x", Type="SecureString")

    refused = destroy.main(["--stage", "dev"], ask=lambda _: "voicehelper-prod", delay_s=0.1, **account)
    still_there = remember(stack, **account)
    shown = capsys.readouterr().out
    done = destroy.main(["--stage", "dev"], ask=lambda _: f"{stack}\n", delay_s=0.1, **account)

    assert (refused, done) == (1, 0)
    assert isinstance(still_there, Deployed)
    assert f"bucket {BUCKET} with 3 objects and old versions" in shown
    assert f"parameter /{stack}/keys/signing" in capsys.readouterr().out
    assert BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert probe.client("dynamodb").list_tables()["TableNames"].count(f"{stack}-Table") == 0
    assert remember(stack, **account) is None
