"""Deploys template.yaml to the emulator through CloudFormation; run by the emulator's interpreter.

Takes one JSON argument: {endpoint_url, dsn, public_base_url, python, built}; prints one JSON line of outputs.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError
from samtranslator.model.exceptions import InvalidDocumentException
from yaml import MarkedYAMLError

from infra.local import lowering
from infra.local.paths import BUILD, ROOT, STACK_NAME

# A core each: forty documents at once would otherwise start eighty embedding models and leave nothing for requests.
STEP_FUNCTIONS = tuple(
    f"{step}Function"
    for step in (
        "ParseDocument",
        "ChunkDocument",
        "IndexText",
        "EmbedChunks",
        "IndexVectors",
        "FinishDocument",
        "MarkFailed",
        "EndOverdue",  # after a crash every execution's end is an event
    )
)
BUCKET = "voicehelper-local-artifacts"
DATABASE_SECRET = "voicehelper-database"  # noqa: S105 - the secret's name
MODEL_SECRET = "voicehelper-models"  # noqa: S105 - the secret's name
MODEL_PARAMETER = "/voicehelper-local/models"


class Deployment:
    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._s3 = self._client("s3")
        self._cloudformation = self._client("cloudformation")

    def _client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(service, endpoint_url=self._endpoint_url, region_name="us-east-1")

    def keep_secret(self, name: str, value: dict[str, Any]) -> None:
        secrets, text = self._client("secretsmanager"), json.dumps(value)
        try:
            secrets.create_secret(Name=name, SecretString=text)
        except secrets.exceptions.ResourceExistsException:
            secrets.put_secret_value(SecretId=name, SecretString=text)

    def keep_models(self, models: dict[str, Any] | None) -> dict[str, str]:
        """The template's parameters for a catalogue with its keys; none means the built-in models."""
        if not models:
            return {}
        self.keep_secret(MODEL_SECRET, models.pop("keys", {}))
        text = json.dumps(models)
        self._client("ssm").put_parameter(Name=MODEL_PARAMETER, Value=text, Type="String", Overwrite=True)
        return {"ModelConfigParameter": MODEL_PARAMETER, "ModelSecretName": MODEL_SECRET}

    def upload(self, name: str, body: bytes) -> dict[str, str]:
        """Named by content: the same bytes are never a change."""
        key = f"{hashlib.sha256(body).hexdigest()[:16]}-{name}"
        with contextlib.suppress(ClientError):
            self._s3.create_bucket(Bucket=BUCKET)
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return {"Bucket": BUCKET, "Key": key}

    def apply(self, template: dict[str, Any], values: dict[str, Any]) -> None:
        """Create or update the stack; no change is success."""
        key = self.upload("template.json", json.dumps(template).encode())["Key"]
        name = f"change-{time.time_ns()}"
        self._cloudformation.create_change_set(
            StackName=STACK_NAME,
            ChangeSetName=name,
            ChangeSetType="UPDATE" if self._exists() else "CREATE",
            TemplateURL=f"{self._endpoint_url}/{BUCKET}/{key}",
            Parameters=[{"ParameterKey": k, "ParameterValue": _text(v)} for k, v in values.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        waiter = self._cloudformation.get_waiter("change_set_create_complete")
        try:
            waiter.wait(StackName=STACK_NAME, ChangeSetName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        except WaiterError as error:
            reason = str(error.last_response.get("StatusReason", error))
            if "didn't contain changes" in reason:
                return
            raise
        self._cloudformation.execute_change_set(StackName=STACK_NAME, ChangeSetName=name)
        self._wait()

    def _exists(self) -> bool:
        try:
            stacks = self._cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
        except ClientError:
            return False
        return bool(stacks) and stacks[0]["StackStatus"] not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")

    def _wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            stack = self._cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
            if stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                raise SystemExit(f"{stack['StackStatus']}: {self._first_failure()}")
            time.sleep(0.1)
        raise SystemExit("the deployment did not end within two minutes")

    def _first_failure(self) -> str:
        events = self._cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        failed = [event for event in reversed(events) if "FAILED" in event["ResourceStatus"]]
        return "; ".join(f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed[:3])

    def resources(self) -> dict[str, str]:
        """Physical ids by logical id."""
        listed = self._cloudformation.describe_stack_resources(StackName=STACK_NAME)["StackResources"]
        return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in listed}

    def bound(self, functions: tuple[str, ...], *, concurrency: int) -> None:
        """A call over the bound waits a while for its turn, then is throttled and tried again by the state machine."""
        client, physical = self._client("lambda"), self.resources()
        for name in functions:
            client.put_function_concurrency(FunctionName=physical[name], ReservedConcurrentExecutions=concurrency)

    def write_sam_environment(self, template: dict[str, Any], path: Path) -> None:
        """env.json for `sam local … --env-vars`, with what the deployed functions really got."""
        functions = [n for n, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::Function"]
        physical, client = self.resources(), self._client("lambda")
        seen_from_container = {"AWS_ENDPOINT_URL": self._endpoint_url.replace("127.0.0.1", "host.docker.internal")}
        variables = {
            name: client.get_function_configuration(FunctionName=physical[name])["Environment"]["Variables"]
            | seen_from_container
            for name in functions
        }
        path.write_text(json.dumps(variables, indent=1), "utf-8")


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def main(order: dict[str, Any]) -> dict[str, str]:
    root = BUILD if order["built"] else ROOT
    template = lowering.read_template(root / "template.yaml")
    deployment = Deployment(order["endpoint_url"])
    deployment.keep_secret(DATABASE_SECRET, {"dsn": order["dsn"]})
    given = {
        "AwsEndpointUrl": order["endpoint_url"],
        "DatabaseSecretName": DATABASE_SECRET,
        "PublicBaseUrl": order["public_base_url"],
        "CorsOrigins": order["public_base_url"],
        **deployment.keep_models(order["models"]),
    }
    values = lowering.parameter_values(template, given)
    lowering.run_from_folders(template, root=root, python=Path(order["python"]), upload=deployment.upload)
    cores = os.cpu_count() or 2
    lowering.upload_definitions(template, root=root, upload=deployment.upload, max_concurrency=cores)
    expanded = lowering.expand(template, values)
    deployment.apply(expanded, values)
    deployment.bound(STEP_FUNCTIONS, concurrency=cores)
    deployment.write_sam_environment(expanded, ROOT / "env.json")
    physical = deployment.resources()
    api = f"{order['endpoint_url']}/_aws/execute-api/{lowering.api_id('Api')}/$default"
    return {"api_url": api, "content_bucket": physical["ContentBucket"], "upload_queue_url": physical["UploadQueue"]}


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))) + "\n")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SystemExit(f"template.yaml, line {line}: {error.problem}") from error
    except InvalidDocumentException as error:
        raise SystemExit("; ".join(cause.message for cause in error.causes)) from error
