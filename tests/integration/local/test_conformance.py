"""What we rely on in the AWS emulator; to be run at every version bump.

What an emulator cannot prove (permissions of state machines, throttling, payload limits) is not here.
"""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from botocore.exceptions import ClientError

from infra.local import metrics
from infra.local.logs import Key
from tests.integration.local.conftest import Probe, deploy_probe
from tests.support.polling import until


def _get(probe: Probe, path: str) -> httpx.Response:
    return probe.call("GET", path)


def test_a_path_parameter_and_the_query_reach_the_function(probe: Probe) -> None:
    event = _get(probe, "/open/7?a=1&b=%E4%B8%AD").json()["event"]

    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /open/{item}"
    assert event["pathParameters"] == {"item": "7"}
    assert event["rawQueryString"] == "a=1&b=%E4%B8%AD"


def test_a_call_without_a_matching_route_reaches_the_default_route(probe: Probe) -> None:
    assert _get(probe, "/nowhere/at/all").json()["event"]["routeKey"] == "$default"


def test_health_is_the_products_own_route_behind_the_api_path(probe: Probe) -> None:
    assert _get(probe, "/health").json()["event"]["routeKey"] == "GET /health"


def test_the_authorizers_context_reaches_the_function(probe: Probe) -> None:
    answer = probe.call("POST", "/private", headers={"authorization": "me"}, json={"a": "中"})

    event = answer.json()["event"]

    assert event["requestContext"]["authorizer"]["lambda"] == {"caller": "me"}
    assert json.loads(event["body"]) == {"a": "中"}


def test_an_authorizer_without_an_identity_source_is_asked_when_the_header_is_missing(probe: Probe) -> None:
    answer = probe.call("POST", "/private")

    assert answer.json()["event"]["requestContext"]["authorizer"]["lambda"] == {"caller": "nobody"}


def test_an_authorizers_refusal_is_403(probe: Probe) -> None:
    assert probe.call("POST", "/private", headers={"authorization": "deny"}).status_code == 403


def test_binary_bodies_pass_both_ways(probe: Probe) -> None:
    sent = probe.call("POST", "/private", content=b"\x00\xff", headers={"content-type": "application/octet-stream"})

    assert (sent.json()["event"]["isBase64Encoded"], sent.json()["event"]["body"]) == (True, "AP8=")
    assert _get(probe, "/open/7?binary=1").content == b"\x00\xff"


@pytest.mark.parametrize(("origin", "allowed"), [("http://b.example", True), ("http://c.example", False)])
def test_preflight_knows_the_allowed_origins(probe: Probe, origin: str, allowed: bool) -> None:
    headers = {"origin": origin, "access-control-request-method": "GET"}
    answer = probe.call("OPTIONS", "/open/7", headers=headers)

    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_a_function_runs_in_its_source_folder_and_sees_nothing_of_our_shell(probe: Probe) -> None:
    said = _get(probe, "/open/7").json()

    assert said["folder"].endswith("probe/functions")
    assert "A_SECRET_OF_THE_SHELL" not in said["environment"]
    assert said["environment"]["AWS_ENDPOINT_URL"] == probe.endpoint_url


def test_warm_calls_take_less_than_a_person_notices(probe: Probe) -> None:
    times = []
    with probe.front_door() as door:  # one client: making another costs as much as the call
        for _ in range(20):
            started = time.perf_counter()
            door.get("/open/7")
            times.append(time.perf_counter() - started)

    assert statistics.median(times) < 0.08  # unrepaired: 0.1 at best; repaired: 0.01 on an idle machine


def test_an_uploads_event_reaches_the_queues_function_with_an_encoded_key(probe: Probe) -> None:
    key = f"in/a b+中-{uuid.uuid4()}/source"
    probe.client("s3").put_object(Bucket=probe.ids["Files"], Key=key, Body=b"x")
    probe.client("s3").put_object(Bucket=probe.ids["Files"], Key=f"{key}.other", Body=b"x")

    def keys() -> list[str]:
        bodies = [json.loads(item["body"]) for item in probe.seen("message") if "Records" in item["body"]]
        return [record["s3"]["object"]["key"] for body in bodies for record in body["Records"]]

    mine = until(lambda: [found for found in keys() if key[-42:-7] in found])

    assert mine == [key.replace("+", "%2B").replace(" ", "+").replace("中", "%E4%B8%AD")]


def test_a_failed_record_is_tried_three_times_and_ends_in_the_dead_letter_queue(probe: Probe) -> None:
    sqs, mark = probe.client("sqs"), str(uuid.uuid4())
    bodies = [f"poison {mark}", f"good {mark}"]
    sqs.send_message_batch(
        QueueUrl=probe.ids["Work"],
        Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)],
    )

    dead = until(
        lambda: sqs.receive_message(QueueUrl=probe.ids["Dead"], WaitTimeSeconds=1).get("Messages"), within_s=60
    )

    assert [message["Body"] for message in dead] == [f"poison {mark}"]
    seen = [item["body"] for item in probe.seen("message")]

    assert (seen.count(f"poison {mark}"), seen.count(f"good {mark}")) == (3, 1)


def test_a_state_retries_by_the_name_of_the_error(probe: Probe) -> None:
    ended = probe.execute({"path": "passing", "run": str(uuid.uuid4())})

    assert json.loads(ended["output"]) == {"tries": 3}


def test_a_state_catches_by_the_name_of_the_error_and_keeps_its_cause(probe: Probe) -> None:
    output = json.loads(probe.execute({"path": "named"})["output"])

    assert output["error"]["Error"] == "NamedError"
    assert json.loads(output["error"]["Cause"])["errorMessage"] == "a reason"


def test_a_killed_function_process_is_an_error_that_a_state_can_catch(probe: Probe) -> None:
    output = json.loads(probe.execute({"path": "dies"})["output"])

    assert output["error"]["Error"] in ("Runtime.ExitError", "Lambda.Unknown")


def test_a_map_runs_no_wider_than_it_says_and_keeps_the_order(probe: Probe) -> None:
    ended = probe.execute({"path": "wide", "run": "r", "items": [1, 2, 3, 4]})

    spans = json.loads(ended["output"])

    assert [span["item"] for span in spans] == [1, 2, 3, 4]
    at_once = [sum(a["started"] <= b["started"] < a["ended"] for a in spans) for b in spans]

    assert max(at_once) == 2


def test_an_execution_name_is_used_once(probe: Probe) -> None:
    name = str(uuid.uuid4())
    probe.execute({"path": "plain"}, name)

    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        probe.execute({"path": "other"}, name)


def test_a_failed_execution_is_told_to_those_who_listen(probe: Probe) -> None:
    ended = probe.execute({"path": "fail"})

    assert (ended["status"], ended["error"]) == ("FAILED", "OnPurpose")
    until(lambda: any(item["execution"] == ended["executionArn"] for item in probe.seen("ended")))


@pytest.mark.parametrize(
    ("function", "read"), [("GrantedFunction", "allowed"), ("UngrantedFunction", "AccessDeniedException")]
)
def test_a_role_may_do_what_its_managed_policies_grant_and_nothing_else(
    guarded_probe: Probe, function: str, read: str
) -> None:
    answer = guarded_probe.client("lambda").invoke(FunctionName=guarded_probe.ids[function], Payload=b"{}")

    outcomes = json.loads(answer["Payload"].read())

    assert outcomes == {"read": read, "write": "AccessDeniedException", "query": "AccessDeniedException"}


def test_a_rotated_secret_keeps_its_previous_version(probe: Probe) -> None:
    secrets, name = probe.client("secretsmanager"), probe.ids["Key"]
    first = secrets.get_secret_value(SecretId=name)

    assert len(json.loads(first["SecretString"])["secret"]) == 64

    secrets.put_secret_value(SecretId=name, SecretString='{"secret": "second"}')

    previous = secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")

    assert previous["VersionId"] == first["VersionId"]
    assert secrets.get_secret_value(SecretId=name)["VersionId"] != first["VersionId"]


def test_a_presigned_post_takes_files_up_to_its_size_only(probe: Probe) -> None:
    s3, key = probe.client("s3"), f"posted/{uuid.uuid4()}"
    post = s3.generate_presigned_post(probe.ids["Files"], key, Conditions=[["content-length-range", 1, 10]])

    too_large = httpx.post(post["url"], data=post["fields"], files={"file": b"x" * 11})
    taken = httpx.post(post["url"], data=post["fields"], files={"file": b"x" * 10})

    assert (too_large.status_code // 100, taken.status_code // 100) == (4, 2)
    assert s3.head_object(Bucket=probe.ids["Files"], Key=key)["ContentLength"] == 10


def test_a_conditional_write_happens_once(probe: Probe) -> None:
    table, item = probe.client("dynamodb"), {"scope": {"S": "once"}, "id": {"S": str(uuid.uuid4())}}
    put = {"TableName": probe.ids["Seen"], "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
    table.put_item(**put)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        table.put_item(**put)


def test_deploying_the_same_again_changes_nothing(probe: Probe) -> None:
    assert deploy_probe(probe.endpoint) == probe.ids


def test_the_same_code_once_more_replaces_the_idle_process(probe: Probe) -> None:
    before = _get(probe, "/open/7").json()["pid"]

    assert _get(probe, "/open/7").json()["pid"] == before
    client, name = probe.client("lambda"), probe.ids["EchoFunction"]
    code = probe.endpoint.get(client.get_function(FunctionName=name)["Code"]["Location"])

    client.update_function_code(FunctionName=name, ZipFile=code)

    assert _get(probe, "/open/7").json()["pid"] != before


def test_a_metric_in_a_log_line_becomes_a_metric_once(probe: Probe) -> None:
    began, run = datetime.now(UTC), str(uuid.uuid4())
    probe.execute({"path": "measured", "run": run})
    handled: Counter[Key] = Counter()

    def hand_over() -> int:
        since_ms = int(began.timestamp() * 1000)
        return metrics.hand_over(probe.client("logs"), probe.client("cloudwatch"), since_ms, handled)

    until(hand_over)
    hand_over()

    found = probe.client("cloudwatch").get_metric_statistics(
        Namespace="Probe",
        MetricName="Drops",
        Dimensions=[{"Name": "run", "Value": run}],
        StartTime=began - timedelta(minutes=5),
        EndTime=began + timedelta(minutes=5),
        Period=600,
        Statistics=["Sum", "SampleCount"],
    )

    assert [(point["Sum"], point["SampleCount"]) for point in found["Datapoints"]] == [(3.0, 1.0)]
