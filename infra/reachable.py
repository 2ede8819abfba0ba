"""Which AWS hosts functions reach from the network of infra/network.yaml: by botocore's rules, not by the product's.

Entry: ``reachable_hosts``. Called by the local deployment under the conditions of AWS, and by the contract test that
holds the product's table of hosts to it.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

import botocore.session
from botocore.endpoint_provider import EndpointProvider

from infra.local.paths import ROOT

# botocore's names of models, where they differ from the services' own.
_MODELS: Final = {"states": "stepfunctions"}
SERVICES: Final = ("dynamodb", "lambda", "polly", "s3", "secretsmanager", "sqs", "ssm", "states", "transcribe")


def reachable_hosts(region: str) -> set[str]:
    """The way out is IPv6, so hosts with such an address; IPv4 goes to services with a gateway endpoint only."""
    gateways = gateway_services()
    dual_stack = {endpoint_host(service, region, dual_stack=True) for service in SERVICES}
    return dual_stack | {endpoint_host(service, region, dual_stack=False) for service in gateways}


def gateway_services() -> set[str]:
    """Services that the created network has an endpoint of its own for."""
    text = (ROOT / "infra" / "network.yaml").read_text("utf-8")
    return set(re.findall(r"com\.amazonaws\.\$\{AWS::Region\}\.(\w+)", text))


def endpoint_host(service: str, region: str, *, dual_stack: bool) -> str:
    endpoint = _rules(service).resolve_endpoint(Region=region, UseDualStack=dual_stack, UseFIPS=False)
    return str(endpoint.url).removeprefix("https://")


@functools.cache
def _rules(service: str) -> Any:
    loader: Any = botocore.session.get_session().get_component("data_loader")
    rules = loader.load_service_model(_MODELS.get(service, service), "endpoint-rule-set-1")
    return EndpointProvider(rules, loader.load_data("partitions"))
