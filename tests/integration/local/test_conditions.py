"""The conditions of AWS: what the deployed network does not reach fails at once, and Step Functions has limits."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
import pytest
from botocore.exceptions import ClientError
from voicehelper.adapters.hosts import host_of

from infra.local.conditions import Conditions
from infra.local.endpoint import REGION
from infra.local.paths import ROOT
from infra.reachable import endpoint_host
from tests.integration.local.conftest import Probe, running_probe
from tests.support.polling import until

# A function's process: the network is entered before the product is imported. With a fourth argument, the product's
# table of hosts has that host for every service.
_CALL: Final = """
import sys
from infra.local.guest import enter_network
service, url, hosts, instead = sys.argv[1:]
enter_network(url, frozenset(hosts.split()))
from voicehelper.adapters import aws_call
if instead:
    aws_call.host_of = lambda *_: instead
try:
    print(aws_call.aws_call(service, "GetIt", {}))
except aws_call.AwsCallError as error:
    print(error, error.__cause__)
"""
AT_ONCE: Final = 2
SERVICES: Final = ("secretsmanager", "dynamodb", "ssm", "sqs", "states")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """Stands for the emulator: answers every call with the host that it was made for."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps({"host": self.headers["host"]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def call(name: str, service: str, *, instead: str = "") -> str:
    command = [sys.executable, "-c", _CALL, name, service, " ".join(Conditions().hosts), instead]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("name", SERVICES)
def test_a_function_calls_a_service_at_its_real_host(service: str, name: str) -> None:
    assert call(name, service) == str({"host": host_of(name, REGION)})


@pytest.mark.parametrize("name", ["ssm", "sqs", "states"])
def test_a_host_that_the_deployed_network_does_not_reach_fails_at_once_and_is_named(service: str, name: str) -> None:
    usual = endpoint_host(name, REGION, dual_stack=False)
    started = time.monotonic()
    said = call(name, service, instead=usual)

    assert f"the deployed network has no way to {usual}" in said
    assert time.monotonic() - started < 10  # three attempts of three seconds and a start would be more


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """An emulator under the conditions of AWS, with room for two functions at once."""
    with running_probe(tmp_path_factory.mktemp("limits"), conditions=Conditions(concurrency=AT_ONCE)) as running:
        yield running


@pytest.fixture(scope="module")
def states(limited: Probe) -> Any:
    return limited.client("stepfunctions")


def test_no_more_functions_run_at_once_than_the_account_has_room_for(limited: Probe) -> None:
    client = limited.client("lambda")

    def slow_call(number: int) -> dict[str, Any]:
        """What the function says, or the service where it is refused."""
        event = json.dumps({"path": "slow", "item": number})
        try:
            return dict(
                json.loads(client.invoke(FunctionName=limited.ids["StepFunction"], Payload=event)["Payload"].read())
            )
        except ClientError as error:
            return {"refused": error.response["Error"]["Code"]}

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(slow_call, range(6)))
    runs = [answer for answer in said if "started" in answer]

    assert {answer["refused"] for answer in said if "refused" in answer} <= {"TooManyRequestsException"}
    assert runs
    assert max(sum(a["started"] <= b["started"] < a["ended"] for a in runs) for b in runs) <= AT_ONCE


def test_the_name_of_a_service_opens_the_emulator_for_signed_calls_alone(limited: Probe) -> None:
    target = {"x-amz-target": "AWSStepFunctions.ListStateMachines", "content-type": "application/x-amz-json-1.0"}
    headers = {"host": host_of("states", REGION), **target}

    assert httpx.post(limited.endpoint_url, headers=headers, content=b"{}").status_code == 403


def run(states: Any, name: str, definition: dict[str, Any], payload: object) -> dict[str, Any]:
    """An execution, when it is over."""
    role = "arn:aws:iam::000000000000:role/x"
    machine = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
    arn = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(payload))["executionArn"]
    until(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", within_s=60)
    return dict(states.describe_execution(executionArn=arn))


CAUGHT: Final = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
EACH: Final = {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}}
MAP: Final = {"Type": "Map", "ItemProcessor": EACH, "MaxConcurrency": 4, "Catch": CAUGHT, "End": True}
EACH_ITEM: Final = {"StartAt": "Each", "States": {"Each": MAP, "Caught": {"Type": "Pass", "End": True}}}


@pytest.mark.parametrize(("characters", "status"), [(250_000, "SUCCEEDED"), (270_000, "FAILED")])
def test_a_state_holds_256_kib_and_nothing_catches_more(states: Any, characters: int, status: str) -> None:
    made = {"Type": "Pass", "Result": "x" * characters, "End": True}
    ended = run(states, f"size-{characters}", {"StartAt": "Make", "States": {"Make": made}}, {})

    assert ended["status"] == status
    assert ended.get("error") == (None if status == "SUCCEEDED" else "States.DataLimitExceeded")


@pytest.mark.parametrize(("items", "status"), [(3_000, "SUCCEEDED"), (6_500, "FAILED")])
def test_an_execution_has_25_000_events_and_nothing_catches_more(states: Any, items: int, status: str) -> None:
    ended = run(states, f"events-{items}", EACH_ITEM, [0] * items)

    assert ended["status"] == status
    assert ("maximum number of events" in ended.get("cause", "")) is (status == "FAILED")
