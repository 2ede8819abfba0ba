from __future__ import annotations

import pytest
from voicehelper.ingestion.failures import failure_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "password_protected"}'}, "password_protected"),
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "/etc/passwd"}'}, "internal"),
        ({"Error": "RejectedError", "Cause": "not json"}, "internal"),
        ({"Error": "UpstreamUnavailableError", "Cause": "x"}, "upstream_unavailable"),
        ({"Error": "UpstreamUnavailableError", "Cause": '{"errorMessage": "storage_full: no room"}'}, "storage_full"),
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "digest_mismatch"}'}, "digest_mismatch"),
        ({"Error": "States.Timeout", "Cause": ""}, "timed_out"),
        ({"Error": "Sandbox.Timedout", "Cause": "x"}, "timed_out"),
        ({"Error": "Lambda.ClientExecutionTimeoutException", "Cause": "x"}, "timed_out"),
        ({"Error": "Lambda.ResourceNotReadyException", "Cause": "x"}, "upstream_unavailable"),
        ({"Error": "Lambda.TooManyRequestsException", "Cause": "Rate exceeded"}, "upstream_unavailable"),
        ({"Error": "RejectedError", "Cause": '{"errorMessage": "too_many_chunks"}'}, "too_many_chunks"),
        ({"Error": "Lambda.Unknown", "Cause": "x"}, "internal"),
        ({}, "internal"),
    ],
)
def test_failures_are_stored_as_codes_that_users_can_act_on(error: dict[str, str], code: str) -> None:
    assert failure_code(error) == code
