"""Prices of what a deployment has and of what a pattern of use takes. Entries: ``idle_month``, ``of_usage``.

No free tier is taken off, but for metrics, alarms and dashboards, of which every account has a few for nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from infra import template
from infra.costs.deployment import HOURS, NESTED, Deployment
from infra.costs.measured import Measured
from infra.costs.usage import Usage
from infra.local.paths import ROOT

Prices = dict[str, Any]

STORED_GB: Final = 1.0  # 1 GB of documents, and as much again in the database
# Five pollers that wait 20 s each, day and night, for every queue a function listens to:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS_A_MONTH: Final = 5 * 3 * 60 * HOURS
# Of a call by the clock, which meets no warm environment: a cold start, and a second's wait for messages.
SCHEDULED_S: Final = 2.0
# What Lambda itself logs of an invocation in JSON: its start, its end and its report.
PLATFORM_LOG_BYTES: Final = 1_000
FREE: Final = {"AWS::CloudWatch::Alarm": 10, "AWS::CloudWatch::Dashboard": 3}
FREE_METRICS: Final = 10

# Resources that cost something each month without being used: what one is called, and its price.
STANDING: Final[dict[str, tuple[str, Callable[[Prices, dict[str, Any]], float]]]] = {
    template.SECRET: ("secret", lambda prices, _: prices["secret_month"]),
    "AWS::CloudWatch::Alarm": ("alarm metric", lambda prices, _: prices["alarm_month"]),
    "AWS::CloudWatch::Dashboard": ("dashboard", lambda prices, _: prices["dashboard_month"]),
    "AWS::KMS::Key": ("key", lambda prices, _: prices["kms_key_month"]),
    "AWS::EC2::NatGateway": ("NAT gateway", lambda prices, _: HOURS * prices["nat_gateway_hour"]),
    "AWS::EC2::VPCEndpoint": (
        "interface endpoint",
        lambda prices, own: HOURS * prices["interface_endpoint_hour"] * len(own.get("SubnetIds", ())),  # gateways: none
    ),
}
# Of executions that are kept ready: named as its function, without the last word.
TARGET: Final = "AWS::ApplicationAutoScaling::ScalableTarget"
# Nothing without use, or (cluster, queue, bucket, target) priced by what is in them below.
FREE_KINDS: Final = frozenset({
    NESTED, TARGET, "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Stage",
    "AWS::ApplicationAutoScaling::ScalingPolicy", "AWS::Budgets::Budget", "AWS::DynamoDB::Table",
    "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::Route", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup", "AWS::Logs::QueryDefinition", "AWS::RDS::DBCluster", "AWS::RDS::DBClusterParameterGroup",
    "AWS::RDS::DBInstance", "AWS::RDS::DBSubnetGroup", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::SecretTargetAttachment", "AWS::Scheduler::Schedule", "AWS::Serverless::Function",
    "AWS::Serverless::HttpApi", "AWS::Serverless::LayerVersion", "AWS::Serverless::StateMachine",
    "AWS::Serverless::WebSocketApi",
})  # fmt: skip
_COUNTED: Final = re.compile(r'\bcount\("([A-Z]\w+)"[,)]')


@dataclass(frozen=True, slots=True)
class Line:
    item: str
    usd: float


def read_prices() -> Prices:
    return dict(json.loads((ROOT / "infra" / "prices.json").read_text("utf-8")))


def unpriced(deployment: Deployment) -> set[str]:
    """Kinds of resources of which nobody has said what they cost."""
    kinds = {kind for _, kind, _ in deployment.resources if not kind.startswith("Custom::")}
    return kinds - FREE_KINDS - STANDING.keys()


def idle_month(deployment: Deployment, measured: Measured, prices: Prices) -> list[Line]:
    """Without any use, with ``STORED_GB`` of documents from earlier."""
    queues = len(deployment.polled_queues())
    return [
        Line(_plural(queues, "polled queue"), queues * polled_queue(prices)),
        *_scheduled(deployment, measured, prices),
        *_standing(deployment, prices),
        *_kept_ready(deployment, prices),
        Line(f"{STORED_GB:g} GB in S3", STORED_GB * prices["s3_gb_month"]),
        *_database_month(deployment, prices),
    ]


def polled_queue(prices: Prices) -> float:
    return float(POLLS_A_MONTH * prices["sqs_million_requests"] / 1e6)


def most_of_database(deployment: Deployment, prices: Prices) -> list[Line]:
    """What a month costs in which something keeps the database at its greatest capacity."""
    database = deployment.database
    return [Line(f"{database.max_acu:g} ACU", HOURS * database.max_acu * prices["aurora_acu_hour"])] if database else []


def of_usage(deployment: Deployment, measured: Measured, usage: Usage, prices: Prices) -> list[Line]:
    invocations = sum(usage.calls.values())
    warm, cold = _gb_seconds(deployment, measured, usage)
    rate = prices["lambda_gb_second"][deployment.architecture]
    lines = [
        Line(f"Lambda, {warm:,.0f} GB-s", warm * rate),
        Line(f"cold starts, {cold:,.0f} GB-s", cold * rate),
        Line("Lambda requests", invocations * prices["lambda_million_requests"] / 1e6),
        Line("HTTP API", usage.http_calls * prices["http_api_million_requests"] / 1e6),
        Line("Step Functions", usage.transitions * prices["step_functions_thousand_transitions"] / 1e3),
        Line("S3, SQS and DynamoDB", _requests(deployment, usage, prices)),
        Line(f"Aurora, {usage.acu_s / 3600:.2f} ACU-h", usage.acu_s / 3600 * prices["aurora_acu_hour"]),
        Line("Aurora I/O", usage.database_ios * prices["aurora_million_ios"] / 1e6 if deployment.database else 0),
        Line("logs", _log_gb(deployment, measured, usage) * _log_price(deployment, prices)),
        Line("traces", invocations * prices["xray_million_traces"] / 1e6),
        Line("metrics", max(0, len(metric_names()) - FREE_METRICS) * prices["metric_month"]),
        Line("egress", usage.egress_bytes / 1e9 * prices["egress_gb"]),
    ]
    return [line for line in lines if line.usd]


def metric_names() -> set[str]:
    """Custom metrics of the product: each is charged in a month in which it counts."""
    files = (ROOT / "shared" / "voicehelper").rglob("*.py")
    return {name for file in files for name in _COUNTED.findall(file.read_text("utf-8"))}


def _scheduled(deployment: Deployment, measured: Measured, prices: Prices) -> Iterator[Line]:
    """Calls by the clock, each with one request to a queue."""
    calls, functions = deployment.scheduled_calls(), deployment.functions()
    if not (count := sum(calls.values())):
        return
    gb_s = sum(times * SCHEDULED_S * functions[name].memory_mb / 1024 for name, times in calls.items())
    a_million = prices["lambda_million_requests"] + prices["sqs_million_requests"] + prices["xray_million_traces"]
    logs = count * (PLATFORM_LOG_BYTES + measured.log_bytes) / 1e9 * _log_price(deployment, prices)
    usd = gb_s * prices["lambda_gb_second"][deployment.architecture] + count * a_million / 1e6 + logs
    yield Line(_plural(count, "scheduled call"), usd)


def _standing(deployment: Deployment, prices: Prices) -> Iterator[Line]:
    for kind, (name, price) in STANDING.items():
        each = sorted(price(prices, own) for own in deployment.of_kind(kind).values() for _ in range(_units(own)))
        charged = [usd for usd in each if usd][FREE.get(kind, 0) :]
        if charged:
            yield Line(_plural(len(charged), name), sum(charged))


def _kept_ready(deployment: Deployment, prices: Prices) -> Iterator[Line]:
    """Memory of executions that wait for calls, whether any come or not."""
    functions, targets = deployment.functions(), deployment.of_kind(TARGET)
    ready = {name.rpartition(".")[2]: int(own["MinCapacity"]) for name, own in targets.items()}
    gb = sum(count * functions[f"{name}Function"].memory_mb / 1024 for name, count in ready.items())
    if gb:
        usd = gb * HOURS * 3600 * prices["lambda_provisioned_gb_second"][deployment.architecture]
        yield Line(_plural(sum(ready.values()), "ready execution"), usd)


def _units(own: dict[str, Any]) -> int:
    """An alarm costs its price for each metric that it reads: https://aws.amazon.com/cloudwatch/pricing/"""
    return sum("MetricStat" in query for query in own.get("Metrics", ())) or 1


def _database_month(deployment: Deployment, prices: Prices) -> Iterator[Line]:
    if deployment.database:
        if acu := deployment.database.min_acu:
            yield Line(f"Aurora at {acu:g} ACU", HOURS * acu * prices["aurora_acu_hour"])
        yield Line(f"{STORED_GB:g} GB in Aurora", STORED_GB * prices["aurora_gb_month"])


def _gb_seconds(deployment: Deployment, measured: Measured, usage: Usage) -> tuple[float, float]:
    """Of all calls as if they were warm, and what the cold ones add."""
    memory = {name: function.memory_mb for name, function in deployment.functions().items()}
    warm = sum(times * measured.warm_s(name, memory[name]) * memory[name] for name, times in usage.calls.items())
    warm += sum(seconds * memory[name] for name, seconds in usage.waited_s.items())
    cold = sum(times * measured.cold_s(name, memory[name]) * memory[name] for name, times in usage.cold_calls.items())
    return warm / 1024, cold / 1024


def _with_grant(deployment: Deployment, calls: Counter[str], *grants: str) -> int:
    """Calls of functions, once for each of these grants that they have: as many requests as they may make by it."""
    functions = deployment.functions()
    return sum(times * len(set(grants) & set(functions[name].grants)) for name, times in calls.items())


def _requests(deployment: Deployment, usage: Usage, prices: Prices) -> float:
    puts = _with_grant(deployment, usage.calls, "WritesContent", "ListsContent")
    gets = _with_grant(deployment, usage.calls, "ReadsContent")
    reads = _with_grant(deployment, usage.calls, "ReadsRevocations")
    return float(
        puts * prices["s3_thousand_puts"] / 1e3
        + gets * prices["s3_thousand_gets"] / 1e3
        + reads * prices["dynamodb_million_reads"] / 1e6
        + usage.queue_requests * prices["sqs_million_requests"] / 1e6
    )


def _log_gb(deployment: Deployment, measured: Measured, usage: Usage) -> float:
    """A line of the gateway's is at most twice as long as the names in its format."""
    format_bytes = max(
        len(api["AccessLogSettings"]["Format"]) for api in deployment.of_kind(template.HTTP_API).values()
    )
    of_functions = sum(usage.calls.values()) * (PLATFORM_LOG_BYTES + measured.log_bytes)
    return (of_functions + usage.http_calls * 2 * format_bytes) / 1e9


def _log_price(deployment: Deployment, prices: Prices) -> float:
    """Taken in, and kept for the days that the stage keeps them."""
    return float(prices["logs_gb"] + prices["logs_gb_month"] * deployment.log_days / 30)


def _plural(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
