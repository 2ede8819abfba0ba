"""Handlers that say what they were given, and fail when asked to."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError


class PassingError(Exception):
    """Gone at the third try."""


class NamedError(Exception):
    """Stays."""


def authorize(event: dict[str, Any], _context: object) -> dict[str, Any]:
    token = event.get("headers", {}).get("authorization", "")
    return {"isAuthorized": token != "deny", "context": {"caller": token or "nobody"}}


def echo(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if event.get("queryStringParameters", {}).get("binary"):
        return {"statusCode": 200, "isBase64Encoded": True, "body": "AP8=", "headers": {"content-type": "image/png"}}
    body = {"event": event, "environment": dict(os.environ), "folder": str(Path.cwd()), "pid": os.getpid()}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def _seen() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["SEEN_TABLE"])


def _remember(scope: str, **what: Any) -> None:
    _seen().put_item(Item={"scope": scope, "id": f"{time.time():.6f}-{uuid.uuid4()}", **what})


def count(event: dict[str, Any], _context: object) -> dict[str, Any]:
    failed = []
    for record in event["Records"]:
        _remember("message", body=record["body"])
        if "poison" in record["body"]:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def step(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if event["path"] == "passing":
        _remember(event["run"])
        tries = len(_seen().query(KeyConditionExpression="#s = :s", **_named(event["run"]))["Items"])
        if tries < 3:
            raise PassingError("not yet")
        return {"tries": tries}
    if event["path"] == "measured":
        directive = {"Namespace": "Probe", "Dimensions": [["run"]], "Metrics": [{"Name": "Drops", "Unit": "Count"}]}
        header = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        print(json.dumps({"_aws": header, "run": event["run"], "Drops": 3}))
    if event["path"] == "named":
        raise NamedError("a reason")
    if event["path"] == "dies":
        os._exit(3)
    if event["path"] == "slow":
        started = time.time()
        time.sleep(0.4)
        return {"item": event["item"], "started": started, "ended": time.time()}
    return {"path": event["path"]}


def _named(scope: str) -> dict[str, Any]:
    return {"ExpressionAttributeNames": {"#s": "scope"}, "ExpressionAttributeValues": {":s": scope}}


def note(event: dict[str, Any], _context: object) -> None:
    _remember("ended", status=event["detail"]["status"], execution=event["detail"]["executionArn"])


def touch(event: dict[str, Any], _context: object) -> dict[str, str]:
    """What each call is answered with: "allowed", or the error's code."""
    secrets = boto3.client("secretsmanager")
    return {
        "read": _outcome(lambda: secrets.get_secret_value(SecretId=os.environ["KEY"])),
        "write": _outcome(lambda: secrets.put_secret_value(SecretId=os.environ["KEY"], SecretString="changed")),
        "query": _outcome(lambda: _seen().query(KeyConditionExpression="#s = :s", **_named("none"))),
    }


def _outcome(call: Callable[[], object]) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"
