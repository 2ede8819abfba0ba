"""The one reader of the template: both kinds of API, conditions in policies, and agreement with SAM's own parser."""

from __future__ import annotations

import json
import subprocess

import pytest

from infra import template
from infra.local.paths import EMULATOR_PYTHON, ROOT
from infra.template import Template

TEXT = """
Globals:
  Function: {MemorySize: 512, Timeout: 29, Layers: [!Ref SharedLayer]}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties: {Auth: {DefaultAuthorizer: A, Authorizers: {A: {FunctionArn: !GetAtt GuardFunction.Arn}}}}
  Sockets:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Auth: {AuthType: CUSTOM, AuthArn: !GetAtt DoorFunction.Arn}
      Routes:
        $connect: {FunctionArn: !GetAtt OpenSocketFunction.Arn}
        ask: {FunctionArn: !GetAtt AskFunction.Arn}
  GuardFunction: {Type: AWS::Serverless::Function, Properties: {Handler: identity.guard.handler}}
  DoorFunction: {Type: AWS::Serverless::Function, Properties: {Handler: live.door.handler}}
  OpenSocketFunction: {Type: AWS::Serverless::Function, Properties: {Handler: live.open_socket.handler}}
  AskFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: live.ask.handler
      MemorySize: 1024
      Layers: [!Ref BigLayer, !If [HasMore, !Ref MoreLayer, !Ref AWS::NoValue]]
      Policies: [!Ref Reads]
  GetThingFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: things.get_thing.handler
      Events:
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: "/things/{id}"}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /open, Auth: {Authorizer: NONE}}}
        Rest: {Type: HttpApi, Properties: {ApiId: !Ref Api, Auth: {Authorizer: NONE}}}
  StepFunction: {Type: AWS::Serverless::Function, Properties: {Handler: steps.step.handler}}
  EndFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: steps.end.handler, Events: {Ended: {Type: EventBridgeRule, Properties: {Pattern: {}}}}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: m.json, DefinitionSubstitutions: {StepFunctionArn: !GetAtt StepFunction.Arn}}
  Reads:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: a:Read, Resource: r}
          - !If [HasMore, {Effect: Allow, Action: a:More, Resource: m}, !Ref AWS::NoValue]
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Template:
    file = tmp_path_factory.mktemp("project") / "template.yaml"
    file.write_text(TEXT, "utf-8")
    return template.read(file)


def test_routes_of_both_kinds_of_api_are_read(source: Template) -> None:
    routes = {(route.kind, route.key): (route.function.logical_id, route.public) for route in source.routes()}

    assert routes == {
        ("http", "GET /things/{id}"): ("GetThingFunction", False),
        ("http", "GET /open"): ("GetThingFunction", True),
        ("http", "$default"): ("GetThingFunction", True),
        ("websocket", "$connect"): ("OpenSocketFunction", False),
        ("websocket", "ask"): ("AskFunction", False),
    }
    assert list(source.endpoints()) == [("GET", "/things/{id}"), ("GET", "/open")]
    assert source.public_routes() == {("GET", "/open")}
    assert source.authorizers() == {"GuardFunction", "DoorFunction"}


def test_a_function_has_what_globals_add(source: Template) -> None:
    ask, step = source.functions()["AskFunction"], source.functions()["StepFunction"]

    assert (ask.memory_mb, ask.timeout_s, ask.layers) == (1024, 29, ("SharedLayer", "BigLayer", "MoreLayer"))
    assert (step.memory_mb, step.timeout_s, step.layers) == (512, 29, ("SharedLayer",))
    assert (str(ask.file), ask.domain) == ("live/ask.py", "live")


def test_grants_are_read_through_their_conditions(source: Template) -> None:
    grants = source.grants(source.functions()["AskFunction"])

    assert [statement["Action"] for statement in grants["Reads"]] == ["a:Read", "a:More"]


def test_what_state_machines_call_and_their_events_start_is_the_pipeline(source: Template) -> None:
    assert source.pipeline_functions() == ["StepFunction", "EndFunction"]


def test_the_document_is_what_sams_own_parser_reads() -> None:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    parse = (
        "import json, sys; from samtranslator.yaml_helper import yaml_parse; print(json.dumps(yaml_parse(sys.stdin)))"
    )
    text = (ROOT / "template.yaml").read_text("utf-8")
    done = subprocess.run([str(EMULATOR_PYTHON), "-c", parse], input=text, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == template.read().document
