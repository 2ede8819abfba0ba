"""Every AWS host the product calls is one that functions reach from the network the template creates."""

from __future__ import annotations

import ast

import pytest
from voicehelper.adapters.hosts import BY_GATEWAY, DUAL_STACK, FROM_OUTSIDE, host_of

from infra import template
from infra.local.paths import ROOT
from infra.reachable import endpoint_host, gateway_services, reachable_hosts

# One region of every partition, and the ones whose names begin alike.
REGIONS = (
    *("us-east-1", "eu-west-1", "ap-southeast-5", "mx-central-1", "cn-north-1", "cn-northwest-1"),
    *("us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "us-isof-south-1", "eu-isoe-west-1", "eusc-de-east-1"),
)
TREES = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "shared" / "voicehelper").rglob("*.py")]


def called_services() -> set[str]:
    """The first argument of every ``aws_call``."""
    calls = [node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.literal_eval(node.args[0]) for node in calls if getattr(node.func, "id", "") == "aws_call"}


def test_every_service_the_product_calls_is_in_the_table() -> None:
    called = called_services()

    assert {"secretsmanager", "states", "ssm", "sqs", "dynamodb"} <= called
    assert called <= DUAL_STACK | BY_GATEWAY | FROM_OUTSIDE


def test_what_is_called_from_outside_is_called_under_its_usual_host() -> None:
    """By a function that is not in the network."""
    callers = {"textract": "RecogniseFileFunction", "codedeploy": "CheckReleaseFunction"}

    assert set(callers) == FROM_OUTSIDE
    for service, caller in callers.items():
        assert host_of(service, "eu-west-1") == endpoint_host(service, "eu-west-1", dual_stack=False)
        assert not template.read().functions()[caller].uses_database


def test_the_network_has_a_gateway_for_what_the_table_expects_one_for() -> None:
    assert gateway_services() == BY_GATEWAY


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("service", sorted(DUAL_STACK | BY_GATEWAY))
def test_the_host_is_reached_from_the_created_network(service: str, region: str) -> None:
    host = host_of(service, region)

    assert host in reachable_hosts(region)
    assert host == endpoint_host(service, region, dual_stack=service in DUAL_STACK)


@pytest.mark.parametrize("service", ["states", "ssm", "sqs", "lambda"])
def test_the_usual_hosts_of_these_are_out_of_reach(service: str) -> None:
    assert endpoint_host(service, "us-east-1", dual_stack=False) not in reachable_hosts("us-east-1")


def test_a_service_that_nobody_looked_up_has_no_host() -> None:
    with pytest.raises(ValueError, match="events"):
        host_of("events", "us-east-1")
