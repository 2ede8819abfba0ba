"""Calls of another function of the deployment: ``invoke`` waits for its result, ``start`` does not.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import http.client
import json
from typing import Any

from voicehelper.adapters.aws_call import send_signed
from voicehelper.errors import UpstreamUnavailableError


def invoke(function_name: str, payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """The function's result. UpstreamUnavailableError if it fails or does not answer within ``timeout_s``.

    Not repeated: who calls a model has attempts of its own.
    """
    try:
        status, headers, body = send_signed(
            "lambda", _path(function_name), json.dumps(payload).encode(), timeout_s=timeout_s
        )
        result = json.loads(body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamUnavailableError(f"{function_name}: {type(error).__name__}") from error
    if status != 200 or "x-amz-function-error" in headers:
        raise UpstreamUnavailableError(f"{function_name}: {status} {_error_type(result)}")
    return dict(result)


def start(function_name: str, payload: dict[str, Any], *, timeout_s: float = 5) -> None:
    """Hand the call to Lambda, which tries it up to three times. UpstreamUnavailableError if it does not take it."""
    headers = {"x-amz-invocation-type": "Event"}
    try:
        status, _, _ = send_signed(
            "lambda", _path(function_name), json.dumps(payload).encode(), timeout_s=timeout_s, headers=headers
        )
    except (OSError, http.client.HTTPException) as error:
        raise UpstreamUnavailableError(f"{function_name}: {type(error).__name__}") from error
    if status != 202:
        raise UpstreamUnavailableError(f"{function_name}: {status}")


def _path(function_name: str) -> str:
    return f"/2015-03-31/functions/{function_name}/invocations"


def _error_type(result: Any) -> str:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    return str(result.get("errorType", "")) if isinstance(result, dict) else ""
