"""``deployment_hook``: turns a check into what CodeDeploy calls before it moves traffic, and answers for it.

CodeDeploy waits an hour for the answer, so every path sends one: success, a refusal and any other failure.
https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from voicehelper.adapters.aws_call import aws_call
from voicehelper.entry.invocation import invocation
from voicehelper.observability.logs import logger
from voicehelper.settings import check_settings

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Report = Callable[[dict[str, Any]], object]


def report_to_codedeploy(answer: dict[str, Any]) -> None:
    aws_call("codedeploy", "PutLifecycleEventHookExecutionStatus", answer)


def deployment_hook(check: Callable[[], None], *, report: Report = report_to_codedeploy) -> Handler:
    """``check`` raises where the new version must not get traffic."""
    check_settings()

    @functools.wraps(check)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        with invocation(check.__module__, context):
            reason = _refusal(check)
            status = "Failed" if reason else "Succeeded"
            report(
                {
                    "deploymentId": event["DeploymentId"],
                    "lifecycleEventHookExecutionId": event["LifecycleEventHookExecutionId"],
                    "status": status,
                }
            )
            return {"status": status, "reason": reason}

    return handler


def _refusal(check: Callable[[], None]) -> str:
    """Why; empty where the check was passed."""
    try:
        check()
    except Exception as error:  # noqa: BLE001 - a release whose check fails is not one that passed it
        reason = f"{type(error).__name__}: {error}"
        logger().error("release refused", extra={"reason": reason})
        return reason
    return ""
