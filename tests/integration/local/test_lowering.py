"""What becomes of template.yaml before the emulator sees it."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.local.paths import EMULATOR_PYTHON, ROOT

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  CorsOrigins: {Type: CommaDelimitedList, Default: "http://a,http://b"}
  AwsEndpointUrl: {Type: String, Default: ""}
Conditions:
  Usual: !Not [!Equals [!Ref AwsEndpointUrl, ""]]
  Unusual: !Equals [!Ref AwsEndpointUrl, ""]
Globals:
  Function: {CodeUri: functions, Runtime: python3.13, Layers: [!Ref Shared], Environment: {Variables: {KEY: !Ref Key}}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: {AllowOrigins: !Ref CorsOrigins, AllowMethods: [GET]}
      Auth:
        DefaultAuthorizer: Everyone
        Authorizers:
          Everyone: {FunctionArn: !GetAtt Guard.Arn, AuthorizerPayloadFormatVersion: "2.0", EnableSimpleResponses: true}
  Key: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}
  Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: shared}}
  Built: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: built}}
  Unbuilt: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers}}
  Optional: {Type: AWS::Serverless::LayerVersion, Condition: Unusual, Properties: {ContentUri: optional}}
  ReadsKey:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Key}]}
  Guard: {Type: AWS::Serverless::Function, Metadata: {BuildMethod: makefile}, Properties: {Handler: a.b}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.c
      Layers:
        - !If [Usual, !Ref Built, !Ref AWS::NoValue]
        - !If [Unusual, !Ref Optional, !Ref AWS::NoValue]
        - !Ref Unbuilt
      Policies: [!Ref ReadsKey]
      Events:
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/one/{id}"}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /open, Auth: {Authorizer: NONE}}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api, Auth: {Authorizer: NONE}}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: m.asl.json, Policies: [], DefinitionSubstitutions: {Step: !GetAtt Step.Arn}}
  Step: {Type: AWS::Serverless::Function, Properties: {Handler: a.d}}
  Ended:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.e, Events: {Status: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.states]}}}}}
"""
THROTTLED = {"ErrorEquals": ["Lambda.TooManyRequestsException"], "BackoffRate": 1.5}
OTHER = {"ErrorEquals": ["States.ALL"], "BackoffRate": 2}
INNER = {"States": {"T": {"Type": "Task", "Retry": [THROTTLED, OTHER]}}}
MACHINE = {
    "StartAt": "M",
    "States": {
        "M": {"Type": "Map", "MaxConcurrency": 10, "ItemProcessor": INNER},
        "N": {"Type": "Map", "MaxConcurrencyPath": "$.n"},
    },
}


Lowered = tuple[dict[str, Any], dict[str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a project")
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "m.asl.json").write_text(json.dumps(MACHINE))
    (folder / "built" / "python").mkdir(parents=True)
    (folder / "optional" / "python").mkdir(parents=True)
    (folder / "shared" / "product").mkdir(parents=True)
    (folder / "shared" / "product" / "__init__.py").touch()
    (folder / "layers" / "base").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def both(folder: Path) -> Lowered:
    """(resources, uploaded texts), made twice: by the emulator's interpreter, which has SAM's transform."""
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    command = [str(EMULATOR_PYTHON), str(Path(__file__).parent / "probe" / "lower.py"), str(folder)]
    made = [
        subprocess.run(command, capture_output=True, check=True, env={"PYTHONPATH": str(ROOT)}).stdout for _ in range(2)
    ]
    assert made[0] == made[1], "what differs would be deployed without need"
    resources, uploads = json.loads(made[0])
    return resources, uploads


@pytest.fixture
def lowered(both: Lowered) -> dict[str, Any]:
    return both[0]


@pytest.fixture
def uploads(both: Lowered) -> dict[str, str]:
    return both[1]


def _of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in resources.values() if resource["Type"] == kind]


def test_routes_leave_the_openapi_body_with_their_authorizer(lowered: dict[str, Any]) -> None:
    routes = {r["RouteKey"]: r.get("AuthorizationType") for r in _of_type(lowered, "AWS::ApiGatewayV2::Route")}

    assert routes == {"GET /one/{id}": "CUSTOM", "POST /open": None, "$default": None}
    assert "Body" not in lowered["Api"]["Properties"]


def test_every_route_leads_to_an_integration(lowered: dict[str, Any]) -> None:
    for route in _of_type(lowered, "AWS::ApiGatewayV2::Route"):
        target = route["Target"]["Fn::Sub"].removeprefix("integrations/${").removesuffix("}")
        assert lowered[target]["Type"] == "AWS::ApiGatewayV2::Integration"


def test_an_authorizer_without_an_identity_source_says_so(lowered: dict[str, Any]) -> None:
    assert [a["IdentitySource"] for a in _of_type(lowered, "AWS::ApiGatewayV2::Authorizer")] == [[]]


def test_a_list_parameter_stays_a_list(lowered: dict[str, Any]) -> None:
    assert lowered["Api"]["Properties"]["CorsConfiguration"]["allowOrigins"] == ["http://a", "http://b"]


def test_a_secret_is_named_by_its_arn(lowered: dict[str, Any]) -> None:
    for function in _of_type(lowered, "AWS::Lambda::Function"):
        assert function["Environment"]["Variables"]["KEY"] == {"Fn::GetAtt": ["Key", "Arn"]}


def test_a_grant_names_a_secret_by_its_arn(lowered: dict[str, Any]) -> None:
    (policy,) = _of_type(lowered, "AWS::IAM::ManagedPolicy")

    assert [s["Resource"] for s in policy["PolicyDocument"]["Statement"]] == [{"Fn::GetAtt": ["Key", "Arn"]}]
    assert {"Ref": "ReadsKey"} in lowered["WorkRole"]["Properties"]["ManagedPolicyArns"]


def test_functions_run_from_their_folder_with_their_own_layers(
    lowered: dict[str, Any], uploads: dict[str, str], folder: Path
) -> None:
    script = _bootstrap(lowered, uploads, "Work")

    assert lowered["Work"]["Properties"]["Runtime"] == "provided.al2023"
    assert f'cd "{folder}/functions"' in script
    assert f'PYTHONPATH="{folder}/functions:{folder}/shared:{folder}/built/python"' in script
    assert not [r for r in lowered.values() if r["Type"] == "AWS::Lambda::LayerVersion"]


def _bootstrap(lowered: dict[str, Any], uploads: dict[str, str], function: str) -> str:
    code = lowered[function]["Properties"]["Code"]["S3Key"]
    return zipfile.ZipFile(io.BytesIO(base64.b64decode(uploads[code]))).read("bootstrap").decode()


def test_what_nobody_waits_for_leaves_the_processors_to_callers(
    lowered: dict[str, Any], uploads: dict[str, str]
) -> None:
    unhurried = {name for name in ("Guard", "Work", "Step", "Ended") if "nice" in _bootstrap(lowered, uploads, name)}

    assert unhurried == {"Step", "Ended"}


def test_a_map_runs_no_wider_than_the_machine(lowered: dict[str, Any], uploads: dict[str, str]) -> None:
    definition = json.loads(base64.b64decode(uploads[lowered["Machine"]["Properties"]["DefinitionS3Location"]["Key"]]))

    assert [state["MaxConcurrency"] for state in definition["States"].values()] == [2, 2]
    assert "MaxConcurrencyPath" not in definition["States"]["N"]
    retries = definition["States"]["M"]["ItemProcessor"]["States"]["T"]["Retry"]

    assert [retry["BackoffRate"] for retry in retries] == [1, 2]
