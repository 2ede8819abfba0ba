"""The host of each AWS service, such that functions reach it from a network with IPv6 alone, in every partition.

``host_of`` is the entry; ``aws_call`` asks it. A function in a VPC has no IPv4 way out without a NAT gateway, and most
services answer IPv6 under a second, dual-stack name only: under the usual one a call ends in a time-out.
https://docs.aws.amazon.com/general/latest/gr/rande.html#dual-stack-endpoints
A contract test compares the table with botocore's endpoint rules. On a real account, `dig AAAA` of the hosts tells.
"""

from __future__ import annotations

from typing import Final, NamedTuple

DUAL_STACK: Final = frozenset({"states", "ssm", "sqs", "lambda", "secretsmanager", "polly", "transcribe"})
# The network has gateway endpoints for them, which carry IPv4 to the usual hosts for free.
BY_GATEWAY: Final = frozenset({"dynamodb", "s3"})
# Functions outside the network alone call them, by IPv4.
FROM_OUTSIDE: Final = frozenset({"textract", "codedeploy"})


class _Partition(NamedTuple):
    regions: str  # what their names start with
    suffix: str
    dual_stack_suffix: str
    # Secrets Manager answers IPv6 under its usual host, and has no other one here.
    secrets_under_usual_host: bool = False


_PARTITIONS: Final = (
    _Partition("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", secrets_under_usual_host=True),
    _Partition("us-gov-", "amazonaws.com", "api.aws", secrets_under_usual_host=True),
    _Partition("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    _Partition("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    _Partition("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    _Partition("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    _Partition("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    _Partition("", "amazonaws.com", "api.aws", secrets_under_usual_host=True),
)
# The one dual-stack host with another name than its service.
_RENAMED: Final = {("states", "us-gov-"): "states-fips"}


def host_of(service: str, region: str) -> str:
    """ValueError for a service that the table does not know."""
    partition = next(entry for entry in _PARTITIONS if region.startswith(entry.regions))
    if service in BY_GATEWAY | FROM_OUTSIDE or (service == "secretsmanager" and partition.secrets_under_usual_host):
        return f"{service}.{region}.{partition.suffix}"
    if service not in DUAL_STACK:
        raise ValueError(f"{service}: no known host")
    name = _RENAMED.get((service, partition.regions), service)
    return f"{name}.{region}.{partition.dual_stack_suffix}"
