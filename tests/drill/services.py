"""The services that functions call, without the functions: PostgreSQL, and the emulator with bucket and queue.

Executions that are started here never end by themselves: the drill carries out their states, and decides who dies.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from voicehelper.sql.migrate import migrate

from infra.local import emulator, postgres
from infra.local.endpoint import Endpoint
from infra.local.paths import State
from infra.local.processes import stop
from tests.support.environment import VARIABLES

_WAITING: Final = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86_400, "End": True}}}
_ROLE: Final = "arn:aws:iam::000000000000:role/drill"
# Faster than durable, which a killed client does not touch.
_FAST: Final = (*postgres.NOT_DURABLE, "synchronous_commit=off", "shared_buffers=256MB")


@dataclass(frozen=True)
class Services:
    dsn: str  # of the database's owner
    endpoint: Endpoint
    environment: dict[str, str]  # of the functions
    bucket: str
    queue_url: str

    def client(self, service: str) -> Any:
        return self.endpoint.client(service)

    def execution(self, machine: str, name: str) -> dict[str, Any] | None:
        """Its input; None where none of that name was started."""
        states = self.client("stepfunctions")
        arn = self.environment[f"{machine.upper()}_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
        try:
            return dict(json.loads(states.describe_execution(executionArn=f"{arn}:{name}")["input"]))
        except states.exceptions.ExecutionDoesNotExist:
            return None

    def keys(self, prefix: str) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", ()))

    def put(self, key: str, body: bytes) -> None:
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def messages(self) -> int:
        """How many wait in the upload queue, those included that are delayed."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=names)
        return sum(int(attributes["Attributes"][name]) for name in names)


@contextlib.contextmanager
def running_services() -> Iterator[Services]:
    state = State(Path(tempfile.mkdtemp(prefix="voicehelper-drill-", dir="/var/tmp")))
    state.prepare()
    server = postgres.start(state, settings=_FAST)
    try:
        with psycopg.connect(server.dsn) as connection:
            migrate(connection)
            functions_dsn = postgres.let_functions_sign_in(connection, state)
        aws = emulator.start(state)
        try:
            yield _made(server.dsn, functions_dsn, aws.endpoint)
        finally:
            stop(aws.process)
    finally:
        server.process.kill()
        stop(server.process)
        for folder in postgres.data_folders(state):
            shutil.rmtree(folder, ignore_errors=True)


def _made(dsn: str, functions_dsn: str, endpoint: Endpoint) -> Services:
    bucket, states = VARIABLES["CONTENT_BUCKET"], endpoint.client("stepfunctions")
    endpoint.client("s3").create_bucket(Bucket=bucket)
    secret = json.dumps({"dsn": functions_dsn})
    endpoint.client("secretsmanager").create_secret(Name=VARIABLES["DATABASE_SECRET_NAME"], SecretString=secret)
    queue_url = str(endpoint.client("sqs").create_queue(QueueName="upload")["QueueUrl"])
    arns = {
        f"{name.upper()}_STATE_MACHINE_ARN": str(
            states.create_state_machine(name=name, definition=json.dumps(_WAITING), roleArn=_ROLE)["stateMachineArn"]
        )
        for name in ("ingestion", "agent")
    }
    environment = {
        **VARIABLES,
        **endpoint.environment,
        **arns,
        "DATABASE_USER": "voicehelper_pipeline",
        "AWS_ENDPOINT_URL": endpoint.url,
        "UPLOAD_QUEUE_URL": queue_url,
        "UPKEEP_FUNCTION": "upkeep",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }
    return Services(dsn, endpoint, environment, bucket, queue_url)
