"""Starting executions of a state machine under unique names; ``ingestion.attempts`` is the caller."""

from __future__ import annotations

from typing import Final, Protocol

from voicehelper.adapters.aws_call import AwsCallError, aws_call
from voicehelper.observability.traces import current_header

RUNNING: Final = "RUNNING"


class Executions(Protocol):
    def start(self, name: str, payload: str) -> bool:
        """Start an execution with ``payload`` (JSON) as its input; False if the name has been used before."""

    def status(self, name: str) -> str:
        """``RUNNING``, or the final status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""


class StateMachine:
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html

    Names are unique for 90 days. While an execution runs, AWS answers the same name and input with success and starts
    nothing.
    """

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, name: str, payload: str) -> bool:
        trace = {"traceHeader": header} if (header := current_header()) else {}
        try:
            aws_call(
                "states", "StartExecution", {"stateMachineArn": self._arn, "name": name, "input": payload, **trace}
            )
        except AwsCallError as error:
            if error.service_code == "ExecutionAlreadyExists":
                return False
            raise
        return True

    def status(self, name: str) -> str:
        arn = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        return str(aws_call("states", "DescribeExecution", {"executionArn": arn})["status"])
