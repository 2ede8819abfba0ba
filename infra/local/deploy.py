"""Deploys template.yaml to the emulator through CloudFormation; run by the emulator's interpreter.

Entry: ``main``, called by ``emulator.deploy`` with JSON at its standard input: {endpoint_url, dsn, owner_dsn,
public_base_url, python, built, models, in_network, alerts, parameters}; prints one JSON line of outputs. The access key
is in its environment.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError
from samtranslator.model.exceptions import InvalidDocumentException
from yaml import MarkedYAMLError

from infra import template
from infra.local import lowering
from infra.local.limits import WAITING_AT_ONCE, concurrency_limits
from infra.local.paths import BUILD, ROOT, STACK_NAME
from infra.sam_transform import parameter_values
from infra.stack_parts import physical_ids

BUCKET = "voicehelper-local-artifacts"
DATABASE_SECRET = "voicehelper-database"  # noqa: S105 - the secret's name
REGION = "us-east-1"
OWNER_SECRET = "voicehelper-database-owner"  # noqa: S105 - the secret's name
MODEL_SECRET = "voicehelper-models"  # noqa: S105 - the secret's name
WEB_SEARCH_SECRET = "voicehelper-web-search"  # noqa: S105 - the secret's name
MCP_SECRET = "voicehelper-mcp"  # noqa: S105 - the secret's name
ALARM_SECRET = "voicehelper-alarms"  # noqa: S105 - the secret's name
OIDC_SECRET = "voicehelper-oidc"  # noqa: S105 - the secret's name
MODEL_PARAMETER = "/voicehelper-local/models"
AGENT_PARAMETER = "/voicehelper-local/agents"


class Deployment:
    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._s3 = self._client("s3")
        self._cloudformation = self._client("cloudformation")

    def _client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(service, endpoint_url=self._endpoint_url, region_name=REGION)

    def put_secret(self, name: str, value: dict[str, Any]) -> None:
        client, text = self._client("secretsmanager"), json.dumps(value)
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)

    def put_missing_keys(self) -> None:
        """What the custom resource of a deployment does, which is not run here."""
        client = self._client("ssm")
        for name in ("signing", "links", "webhooks"):
            with contextlib.suppress(client.exceptions.ParameterAlreadyExists):
                value = secrets.token_urlsafe(48)
                client.put_parameter(Name=f"/{STACK_NAME}/keys/{name}", Value=value, Type="SecureString")

    def put_models(self, models: dict[str, Any] | None) -> dict[str, str]:
        """Store a model catalogue, what agents may use ("agents"), an identity provider ("oidc") and the keys.

        Returns the template's parameters. What is not given is forgotten, so that nothing is kept from an earlier
        start. Without a catalogue the models are the built-in ones.
        """
        self._forget_models()
        catalogue = dict(models or {})
        keys, agents, oidc = catalogue.pop("keys", {}), catalogue.pop("agents", {}), catalogue.pop("oidc", {})
        parameters = {"MonthlyBudgetUsd": str(catalogue.pop("monthly_budget_usd", 0))} if catalogue else {}
        for parameter, name, content in (
            ("ModelConfigParameter", MODEL_PARAMETER, catalogue),
            ("AgentConfigParameter", AGENT_PARAMETER, agents),
        ):
            if content:
                self._client("ssm").put_parameter(Name=name, Value=json.dumps(content), Type="String", Overwrite=True)
                parameters[parameter] = name
        if oidc:
            self.put_secret(OIDC_SECRET, oidc)
            parameters["OidcSecretName"] = OIDC_SECRET
        for parameter, name, own in _split_keys(keys):
            if own or (catalogue and name == MODEL_SECRET):
                self.put_secret(name, own)
                parameters[parameter] = name
        return parameters

    def _forget_models(self) -> None:
        store, parameters = self._client("secretsmanager"), self._client("ssm")
        for name in (MODEL_SECRET, WEB_SEARCH_SECRET, MCP_SECRET, OIDC_SECRET):
            with contextlib.suppress(store.exceptions.ResourceNotFoundException):
                store.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        for name in (MODEL_PARAMETER, AGENT_PARAMETER):
            with contextlib.suppress(parameters.exceptions.ParameterNotFound):
                parameters.delete_parameter(Name=name)

    def upload(self, name: str, body: bytes) -> dict[str, str]:
        """Under a key derived from the content, so that the same bytes are not a change to deploy."""
        key = f"{hashlib.sha256(body).hexdigest()[:16]}-{name}"
        with contextlib.suppress(ClientError):
            self._s3.create_bucket(Bucket=BUCKET)
        self._s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return {"Bucket": BUCKET, "Key": key}

    def address(self, key: str) -> str:
        return f"{self._endpoint_url}/{BUCKET}/{key}"

    def apply(self, template: dict[str, Any], values: dict[str, Any]) -> None:
        """Create or update the stack; no change is success."""
        key = self.upload("template.json", json.dumps(template).encode())["Key"]
        name = f"change-{time.time_ns()}"
        self._cloudformation.create_change_set(
            StackName=STACK_NAME,
            ChangeSetName=name,
            ChangeSetType="UPDATE" if self._exists() else "CREATE",
            TemplateURL=self.address(key),
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
        return physical_ids(self._cloudformation, STACK_NAME)

    def put_receiver(self, url: str) -> dict[str, str]:
        """Of alarms. Returns the template's parameters; without a receiver they go to the log."""
        if not url:
            return {}
        self.put_secret(ALARM_SECRET, {"pager": url, "chat": url})
        return {"AlarmSecretName": ALARM_SECRET}

    def alarms(self, stack: str) -> dict[str, Any]:
        """What the nested stack was deployed with, and its topic: what evaluates the alarms needs both."""
        [child] = self._cloudformation.describe_stacks(StackName=stack)["Stacks"]
        outputs = {item["OutputKey"]: item["OutputValue"] for item in child["Outputs"]}
        parameters = {item["ParameterKey"]: item["ParameterValue"] for item in child["Parameters"]}
        return {"parameters": parameters, "topic": outputs["TopicArn"]}

    def move_objects_of_old_bucket(self, bucket: str) -> None:
        """Files of a stack from before the bucket's name ended in the region. Moving them again changes nothing."""
        old, s3 = bucket.removesuffix(f"-{REGION}"), self._s3
        try:
            pages = [*s3.get_paginator("list_objects_v2").paginate(Bucket=old)]
        except ClientError:
            return
        for key in [item["Key"] for page in pages for item in page.get("Contents", ())]:
            s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": old, "Key": key})
            s3.delete_object(Bucket=old, Key=key)
        s3.delete_bucket(Bucket=old)

    def limit_concurrency(self, limits: dict[str, int]) -> None:
        """Let each function, by its logical id, run this many times at once; a call over the limit waits a while."""
        client, physical = self._client("lambda"), self.resources()
        for name, limit in limits.items():
            client.put_function_concurrency(FunctionName=physical[name], ReservedConcurrentExecutions=limit)


def _split_keys(keys: dict[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    """(the template's parameter, the secret, its keys), so that each kind of function reads its own alone."""
    web_search = {name: key for name, key in keys.items() if name == "web_search"}
    mcp = {name: key for name, key in keys.items() if name.startswith("mcp:")}
    models = {name: key for name, key in keys.items() if name not in web_search | mcp}
    return [
        ("ModelSecretName", MODEL_SECRET, models),
        ("SearchSecretName", WEB_SEARCH_SECRET, web_search),
        ("McpSecretName", MCP_SECRET, mcp),
    ]


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def main(request: dict[str, Any]) -> dict[str, Any]:
    root = BUILD if request["built"] else ROOT
    source = template.read(root / "template.yaml")
    cores = os.cpu_count() or 2
    limits = concurrency_limits(source, cores=cores)  # before the template is rewritten
    deployment = Deployment(request["endpoint_url"])
    deployment.put_secret(DATABASE_SECRET, {"dsn": request["dsn"]})
    deployment.put_secret(OWNER_SECRET, {"dsn": request["owner_dsn"]})
    deployment.put_missing_keys()
    given = {
        "AwsEndpointUrl": request["endpoint_url"],
        "DatabaseSecretName": DATABASE_SECRET,
        "OwnerSecretName": OWNER_SECRET,
        "PublicBaseUrl": request["public_base_url"],
        "WaitingCalls": str(WAITING_AT_ONCE),
        **request["parameters"],
        **deployment.put_receiver(request["alerts"]),
        "CorsOrigins": request["public_base_url"],
        **deployment.put_models(request["models"]),
    }
    values = parameter_values(source.document, given)
    lowering.run_from_folders(
        source.document,
        values,
        root=root,
        python=Path(request["python"]),
        upload=deployment.upload,
        in_network=request["in_network"],
    )
    lowering.upload_children(source.document, root=root, upload=deployment.upload, address=deployment.address)
    lowering.upload_definitions(source.document, root=root, upload=deployment.upload, max_concurrency=cores)
    expanded = lowering.expand(source.document, values)
    deployment.apply(expanded, values)
    deployment.limit_concurrency(limits)
    physical = deployment.resources()
    deployment.move_objects_of_old_bucket(physical["ContentBucket"])
    api = f"{request['endpoint_url']}/_aws/execute-api/{lowering.api_id('Api')}/$default"
    return {
        "api_url": api,
        "content_bucket": physical["ContentBucket"],
        "upload_queue_url": physical["UploadQueue"],
        "ingestion_arn": physical["IngestionStateMachine"],
        "agents_arn": physical["AgentStateMachine"],
        "end_overdue": physical["EndOverdueFunction"],
        "alarms": deployment.alarms(physical["Alarms"]),
    }


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(json.load(sys.stdin))) + "\n")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise SystemExit(f"template.yaml, line {line}: {error.problem}") from error
    except InvalidDocumentException as error:
        raise SystemExit("; ".join(cause.message for cause in error.causes)) from error
