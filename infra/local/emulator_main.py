"""Entry point of the AWS emulator's process, run by its own interpreter: patches, then the emulator itself.

1. and 2. make a warm call take 8 ms instead of 100 (Nagle's algorithm; waiting for log lines of a silent handler).
3. keeps only the most recently used idle workers: a process per function, kept for ever, would need 3 GB at 80.
4. gives throttling the error name that state machines retry.
5. queues calls over a function's concurrency limit for a while: see ``turns``.
6. lets nobody in but the stack's own parts: see ``gate``.
7. lets the stack have two resources more for each route: see ``lowering``.
8. lets a start take over the bucket of a stack that was lost: objects are written at once, stacks in snapshots.
9. carries the header of a trace from call to call: see ``trace_headers``.
10. counts requests of the API and ages of messages in CloudWatch: see ``service_metrics``.
11. under the conditions of AWS, ends executions that are over Step Functions' limits: see ``conditions``.
A periodic snapshot limits what kill -9 loses to a few seconds; before it, old executions are forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
import inspect
import logging
import os
import socketserver
import threading
import time
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import cloudwatch, lambda_svc, s3, sqs, stepfunctions, sts
from ministack.services.cloudformation import engine, provisioners

from infra.local import runtime_api, state_limits, trace_headers, turns
from infra.local.endpoint import ACCOUNT, front_door_token
from infra.local.forgetting import forget_ended
from infra.local.gate import Gate
from infra.local.paths import PRIVATE
from infra.local.service_metrics import ApiMetrics, observe
from infra.local.signatures import Signatures

IDLE_WORKERS = int(os.environ["IDLE_WORKERS"])
# The real hosts that functions call under the conditions of AWS; none without.
REACHABLE_HOSTS = frozenset(os.environ.get("REACHABLE_HOSTS", "").split())
SNAPSHOT_S = float(os.environ.get("SNAPSHOT_S", "5"))


def reduce_latency() -> None:
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    drain = lambda_runtime.Worker._drain_stderr_bounded
    names = list(inspect.signature(drain).parameters)
    assert names == ["self", "first_line_wait", "idle_confirm", "hard_cap"], (
        "another emulator version: check this patch"
    )
    drain.__defaults__ = (0.004, 0.002, 0.25)


def limit_idle_workers() -> None:
    assert callable(lambda_svc.reap_idle_workers), "another emulator version: check this patch"
    lambda_svc.reap_idle_workers = reap_oldest


def reap_oldest(ttl: float | None = None) -> int:
    with lambda_runtime._lock:
        idle = [worker for pool in lambda_runtime._workers.values() for worker in pool if not worker.in_use]
        oldest = sorted(idle, key=lambda worker: worker.last_used)[: max(0, len(idle) - IDLE_WORKERS)]
        for key, pool in list(lambda_runtime._workers.items()):
            remaining = [worker for worker in pool if worker not in oldest]
            lambda_runtime._workers[key] = remaining
            if not remaining:
                del lambda_runtime._workers[key]
    lambda_runtime.kill_workers(oldest)
    return len(oldest)


def allow_routes_as_resources() -> None:
    """On AWS they stand in the API's own body; tests/contract/test_resource_budget.py counts what is deployed there."""
    quotas = {section: (section, *names, most) for section, *names, most in engine._SECTION_QUOTAS}
    assert quotas["Resources"][-1] == 500, "another emulator version: check this patch"
    quotas["Resources"] = (*quotas["Resources"][:-1], 1000)
    engine._SECTION_QUOTAS = tuple(quotas.values())


def take_over_buckets() -> None:
    """Killed between the first object and the first snapshot, a stack is not there, and its bucket with files is."""
    handlers, update = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"], provisioners._s3_update
    create = handlers["create"]
    parameters = [list(inspect.signature(function).parameters) for function in (create, update)]
    assert parameters == [
        ["logical_id", "props", "stack_name"],
        ["physical_id", "old_props", "new_props", "stack_name"],
    ], "another emulator version: check this patch"

    def take_over(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        name = props.get("BucketName")
        return update(name, {}, props, stack_name) if name in s3._buckets else create(logical_id, props, stack_name)

    handlers["create"] = take_over
    provisioners.s3_bucket_name_conflict = lambda _: None


def name_throttling() -> None:
    """State machines retry a throttled call by its name on AWS; here it would arrive as Lambda.Unknown."""
    answer = lambda_svc._throttle_response
    names = list(inspect.signature(answer).parameters)
    assert names == ["reason_code", "msg", "retry_after"], "another emulator version: check this patch"

    def named(*arguments: Any, **named_arguments: Any) -> Any:
        response = answer(*arguments, **named_arguments)
        response["body"]["errorType"] = "Lambda.TooManyRequestsException"
        return response

    lambda_svc._throttle_response = named


def count_what_services_see() -> None:
    names = list(inspect.signature(cloudwatch._store_datum).parameters)
    expected = ["namespace", "name", "dims", "ts", "unit", "value", "values", "counts", "stat_values"]
    assert names == expected, "another emulator version: check this patch"
    app.app = metrics = ApiMetrics(app.app, cloudwatch._store_datum)
    observe(metrics, sqs._queues, cloudwatch._store_datum)


def close_the_gate() -> None:
    """Nobody but the stack's own parts reaches anything: see ``gate`` and ``runtime_api``."""
    secret, port = os.environ["AWS_SECRET_ACCESS_KEY"], int(os.environ["GATEWAY_PORT"])
    signatures = Signatures(ACCOUNT, secret)
    app.app = Gate(
        app.app,
        port=port,
        origins=frozenset(os.environ.get("FRONT_DOOR_ORIGINS", "").split()),
        front_door_token=front_door_token(secret),
        signatures=signatures,
        is_bucket=lambda name: s3._ensure_bucket(name) is not None,
        service_hosts=REACHABLE_HOSTS,
    )
    require_signed_forms(signatures)
    keep_programs_private()
    draw_role_credentials(secret)
    runtime_api.close(lambda_runtime.ProvidedWorker)


def require_signed_forms(signatures: Signatures) -> None:
    check_policy, check_size = s3._enforce_signed_post_policy, s3._enforce_post_policy_size
    parameters = [list(inspect.signature(function).parameters) for function in (check_policy, check_size)]
    assert parameters == [["fields", "bucket_name", "region", "size", "sigv4"], ["policy_b64", "size"]], (
        "another emulator version: check this patch"
    )

    def check_signature(fields: dict[str, str], *others: Any) -> Any:
        if not signatures.cover_form(fields):
            return s3._error("AccessDenied", "The form is not signed with the key of this start.", 403)
        return check_policy(fields, *others)

    s3._enforce_signed_post_policy = check_signature
    s3._enforce_post_policy_size = lambda *_: check_signature({})  # called for forms that have no signature


def keep_programs_private() -> None:
    """The emulator opens what functions start with to everybody, against its umask."""
    unpack = lambda_svc._provided_runtime_code_dir
    assert list(inspect.signature(unpack).parameters) == ["code_zip"], "another emulator version: check this patch"

    def unpack_private(code_zip: bytes) -> str:
        folder = str(unpack(code_zip))
        for path in Path(folder).rglob("*"):
            path.chmod(path.stat().st_mode & ~PRIVATE)
        return folder

    lambda_svc._provided_runtime_code_dir = unpack_private


def draw_role_credentials(secret: str) -> None:
    """With policies enforced, a function's own key would follow from its name; mix in what was drawn."""
    derive = lambda_runtime.execution_credentials
    assert list(inspect.signature(derive).parameters) == ["config"], "another emulator version: check this patch"

    def draw(config: Any) -> dict[str, str]:
        credentials = dict(derive(config))
        session = sts._sessions.get(credentials["AWS_ACCESS_KEY_ID"])
        if session is None:  # policies are not enforced: it is the account's key
            return credentials
        drawn = hmac.new(secret.encode(), credentials["AWS_SECRET_ACCESS_KEY"].encode(), hashlib.sha256).hexdigest()
        sts.register_session(credentials["AWS_ACCESS_KEY_ID"], {**session, "SecretAccessKey": drawn})
        return {**credentials, "AWS_SECRET_ACCESS_KEY": drawn}

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = draw


def snapshot_for_ever() -> None:
    """Starts when the emulator is ready: an earlier snapshot would overwrite a good state with an empty one."""
    while app._ready_scripts_state["status"] != "completed":
        time.sleep(0.2)
    assert hasattr(stepfunctions._executions, "_data"), "another emulator version: check this patch"
    logging.getLogger("persistence").setLevel(logging.WARNING)  # otherwise fifty lines every five seconds
    while True:
        time.sleep(SNAPSHOT_S)
        _save()


def _save() -> None:
    forget_ended(stepfunctions._executions._data)
    save: Any = app.save_all
    save(app._build_persistence_save_dict())


if __name__ == "__main__":
    reduce_latency()
    limit_idle_workers()
    allow_routes_as_resources()
    take_over_buckets()
    name_throttling()
    turns.queue_throttled_calls(lambda_svc)
    trace_headers.carry(lambda_svc, s3, sqs)
    count_what_services_see()
    close_the_gate()
    if REACHABLE_HOSTS:
        state_limits.limit_states(stepfunctions)
    threading.Thread(target=snapshot_for_ever, daemon=True).start()
    app.main()
