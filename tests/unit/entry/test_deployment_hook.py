"""What CodeDeploy is told about a check, whatever the check does."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.entry.deployment_hook import deployment_hook

EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "hook-1"}


def passes() -> None:
    """A check that a release passes."""


def refuses() -> None:
    raise ValueError("no answer")


@pytest.mark.parametrize(("check", "status"), [(passes, "Succeeded"), (refuses, "Failed")], ids=["passes", "refuses"])
def test_codedeploy_is_told_how_a_check_ended(check: Any, status: str) -> None:
    answers: list[dict[str, Any]] = []

    shown = deployment_hook(check, report=answers.append)(EVENT, None)

    assert answers == [{"deploymentId": "d-1", "lifecycleEventHookExecutionId": "hook-1", "status": status}]
    assert shown == {"status": status, "reason": "" if status == "Succeeded" else "ValueError: no answer"}
