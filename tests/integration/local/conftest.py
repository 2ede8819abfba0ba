"""A running emulator with the probe application on it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local import emulator
from infra.local.conditions import Conditions
from infra.local.endpoint import FRONT_DOOR_HEADER, Endpoint, front_door_token
from infra.local.paths import EMULATOR_PYTHON, ROOT, State
from infra.local.processes import stop
from tests.support.polling import until

PROBE = Path(__file__).parent / "probe"
FRONT_DOOR_PORT = 3000  # nothing opens it; its pages may read what the emulator answers


@dataclass
class Probe:
    state: State
    running: emulator.Emulator
    ids: dict[str, str]

    @property
    def endpoint_url(self) -> str:
        return self.endpoint.url

    @property
    def endpoint(self) -> Endpoint:
        return self.running.endpoint

    @property
    def api_url(self) -> str:
        return self.ids["api_url"]

    def client(self, service: str) -> Any:
        return self.endpoint.client(service)

    def front_door(self) -> httpx.Client:
        """Calls the API as the front door does."""
        token = {FRONT_DOOR_HEADER: front_door_token(self.endpoint.secret_access_key)}
        return httpx.Client(base_url=self.api_url, headers=token, timeout=30)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        with self.front_door() as door:
            return door.request(method, path, **more)

    def seen(self, scope: str) -> list[dict[str, Any]]:
        answer = self.client("dynamodb").query(
            TableName=self.ids["Seen"],
            KeyConditionExpression="#s = :s",
            ExpressionAttributeNames={"#s": "scope"},
            ExpressionAttributeValues={":s": {"S": scope}},
        )
        return [{name: value["S"] for name, value in item.items()} for item in answer["Items"]]

    def execute(self, payload: dict[str, Any], name: str | None = None) -> dict[str, Any]:
        """Run the state machine to its end."""
        states = self.client("stepfunctions")
        named = {"name": name} if name else {}
        arn = states.start_execution(stateMachineArn=self.ids["Machine"], input=json.dumps(payload), **named)
        run = arn["executionArn"]
        until(lambda: states.describe_execution(executionArn=run)["status"] != "RUNNING")
        return dict(states.describe_execution(executionArn=run))


def deploy_probe(endpoint: Endpoint) -> dict[str, str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **endpoint.environment}
    command = [str(EMULATOR_PYTHON), str(PROBE / "deploy.py"), endpoint.url, sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    with running_probe(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture(scope="module")
def guarded_probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """One whose emulator enforces the policies of its functions."""
    with running_probe(tmp_path_factory.mktemp("guarded"), enforce_policies=True) as running:
        yield running


@contextlib.contextmanager
def running_probe(
    folder: Path, *, enforce_policies: bool = False, conditions: Conditions | None = None
) -> Iterator[Probe]:
    if not EMULATOR_PYTHON.exists():
        pytest.skip("no emulator environment; `make install` makes it")
    state = State(folder)
    state.prepare()
    os.environ["A_SECRET_OF_THE_SHELL"] = "must not reach a function"
    running = emulator.start(
        state, front_door_port=FRONT_DOOR_PORT, enforce_policies=enforce_policies, conditions=conditions
    )
    try:
        yield Probe(state, running, deploy_probe(running.endpoint))
    finally:
        stop(running.process)
