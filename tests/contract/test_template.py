"""What template.yaml says agrees with the code, and grants no more than is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from voicehelper.shapes.bodies import Body

from tests.support.application import (
    OPENAPI_FILE,
    ROOT,
    code_routes,
    endpoint_modules,
    functions,
    openapi_text,
    public_routes,
    resources,
    template,
    template_routes,
    variables_read,
)

# What a caller must reach before it can have a token.
PUBLIC = {
    ("POST", "/api/v1/auth/register"),
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/api/v1/knowledge/documents/{document_id}/file"),
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
}
# Set by Lambda itself, or read by AWS's own libraries.
PROVIDED = {
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "OMP_NUM_THREADS",
}


def test_routes_of_the_template_are_routes_of_the_code() -> None:
    assert template_routes() == code_routes()


def test_only_the_named_routes_need_no_token() -> None:
    assert public_routes() == PUBLIC


def test_the_committed_openapi_file_is_what_the_code_says() -> None:
    assert OPENAPI_FILE.read_text("utf-8") == openapi_text(), "run `make openapi`"


def _statements(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in properties.get("Policies", ()):
        for statement in policy["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


@pytest.mark.parametrize("logical", functions())
def test_no_function_may_do_everything_or_touch_everything(logical: str) -> None:
    for statement in _statements(functions()[logical]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert all("*" not in action for action in actions), logical
        assert statement["Resource"] != "*", logical
        assert statement["Effect"] == "Allow"


def test_functions_state_their_own_policies() -> None:
    policies = template()["Globals"]["Function"].get("Policies")

    assert policies is None, "a policy in Globals belongs to nobody"


def test_every_variable_that_code_reads_is_declared() -> None:
    declared = set(template()["Globals"]["Function"]["Environment"]["Variables"])
    sources = [*(ROOT / "shared/voicehelper").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    read = {name for path in sources for name in variables_read(path.read_text("utf-8"))}

    assert read - PROVIDED == declared - PROVIDED


def test_environment_variables_are_plain_values_that_sam_local_can_resolve() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    kinds = {name: next(iter(value)) for name, value in variables.items() if isinstance(value, dict)}

    assert set(kinds.values()) <= {"Ref", "Fn::Sub", "Fn::Join"}


def test_every_queue_that_feeds_a_function_has_a_visible_time_of_six_time_outs() -> None:
    timeout = template()["Globals"]["Function"]["Timeout"]
    for properties in functions().values():
        for event in properties.get("Events", {}).values():
            if event["Type"] == "SQS":
                queue = resources("AWS::SQS::Queue")[event["Properties"]["Queue"]["Fn::GetAtt"].split(".")[0]]
                assert queue["VisibilityTimeout"] >= 6 * properties.get("Timeout", timeout)


def test_work_queues_hand_what_fails_three_times_to_a_dead_letter_queue() -> None:
    queue = resources("AWS::SQS::Queue")["UploadQueue"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3


def test_every_log_group_forgets() -> None:
    assert all("RetentionInDays" in group for group in resources("AWS::Logs::LogGroup").values())


def test_every_json_body_refuses_what_cannot_be_stored() -> None:
    routes = [route for module in endpoint_modules().values() for route in module.router.routes]
    bodies = [route.body_field.field_info.annotation for route in routes if getattr(route, "body_field", None)]

    assert len(bodies) >= 6
    assert all(issubclass(body, Body) for body in bodies)
