"""Calls of other functions of the deployment: ``invoke`` waits for the result, ``invoke_later`` hands over.

``models.invoked`` waits; consumers of queues and the end of a document hand over.
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from voicehelper.adapters.aws_call import USUAL, send_signed
from voicehelper.errors import UpstreamUnavailableError

# Hands an event to a function that was chosen before.
Later = Callable[[Mapping[str, Any]], None]
_ACCEPTED: Final = 202


def invoke(function_name: str, payload: dict[str, Any], *, timeout_s: float) -> dict[str, Any]:
    """The function's result. UpstreamUnavailableError if it fails or does not answer within ``timeout_s``.

    Not repeated: who calls a model has attempts of its own.
    """
    body = json.dumps(payload).encode()
    try:
        status, headers, answer = send_signed("lambda", _path(function_name), body, timeout_s=timeout_s)
        result = json.loads(answer)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamUnavailableError(f"{function_name}: {type(error).__name__}") from error
    if status != 200 or "x-amz-function-error" in headers:
        raise UpstreamUnavailableError(f"{function_name}: {status} {_error_type(result)}")
    return dict(result)


def invoke_later(function_name: str, event: Mapping[str, Any]) -> None:
    """Returns once Lambda has taken the event, which it then keeps and delivers at least once.

    Failures and throttling of the function are Lambda's to repeat, for hours; what fails to the end goes where its
    ``EventInvokeConfig`` says. UpstreamUnavailableError if the event was not taken.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """
    body, headers = json.dumps(event).encode(), {"x-amz-invocation-type": "Event"}
    try:
        status, _, _ = send_signed("lambda", _path(function_name), body, timeout_s=USUAL.timeout_s, headers=headers)
    except (OSError, http.client.HTTPException) as error:
        raise UpstreamUnavailableError(f"{function_name}: {type(error).__name__}") from error
    if status != _ACCEPTED:
        raise UpstreamUnavailableError(f"{function_name}: {status}")


def _path(function_name: str) -> str:
    """Of a function by its name, or of one version of it by ``name:version``."""
    return f"/2015-03-31/functions/{quote(function_name, safe='')}/invocations"


def _error_type(result: Any) -> str:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    return str(result.get("errorType", "")) if isinstance(result, dict) else ""
