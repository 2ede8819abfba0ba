"""The facts of one stage's deployment that cost money, from the template and samconfig.toml. Entry: ``read``."""

from __future__ import annotations

import shlex
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra import template
from infra.costs.values import Scope
from infra.local.paths import ROOT
from infra.template import Template, referenced

HOURS: Final = 730  # of a month
# The parameter by which a stage's database may sleep.
MINIMUM: Final = "DatabaseMinCapacity"
PAUSE_S: Final = 300.0  # Aurora's own, where a cluster that may sleep does not say
NESTED: Final = "AWS::CloudFormation::Stack"
CLUSTER: Final = "AWS::RDS::DBCluster"


@dataclass(frozen=True, slots=True)
class Database:
    min_acu: float
    max_acu: float
    pause_s: float

    @property
    def sleeps(self) -> bool:
        return self.min_acu == 0


@dataclass(frozen=True, slots=True)
class FunctionCosts:
    memory_mb: int
    at_once: int | None  # reserved concurrency
    grants: tuple[str, ...]


@dataclass(frozen=True)
class Deployment:
    stage: str
    source: Template
    parameters: Mapping[str, Any]
    resources: tuple[tuple[str, str, dict[str, Any]], ...]  # those of nested stacks as Stack.LogicalId
    database: Database | None  # None where an existing one is used

    def of_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        return {name: properties for name, its_kind, properties in self.resources if its_kind == kind}

    @property
    def architecture(self) -> str:
        return str(self.parameters["Architecture"])

    @property
    def log_days(self) -> int:
        return int(self.parameters["LogRetentionDays"])

    def functions(self) -> dict[str, FunctionCosts]:
        deployed, defaults = self.of_kind(template.FUNCTION), self.source.defaults
        return {name: _function({**defaults, **own}, self.source.policies(own)) for name, own in deployed.items()}

    def polled_queues(self) -> list[str]:
        """Queues that Lambda asks for messages day and night."""
        polling = self.of_kind(template.POLLING).values()
        return sorted(referenced(own["EventSourceArn"]) for own in polling if own.get("Enabled", True) is not False)

    def scheduled_calls(self) -> Counter[str]:
        """Calls a month that the clock makes, by the function's logical id."""
        calls: Counter[str] = Counter()
        for name, own in self.of_kind(template.FUNCTION).items():
            for event in own.get("Events", {}).values():
                if event["Type"] == "Schedule":
                    calls[name] += _calls(event["Properties"]["Schedule"])
        for rule in self.of_kind("AWS::Events::Rule").values():
            for target in rule["Targets"] if "ScheduleExpression" in rule else ():
                calls[referenced(target["Arn"])] += _calls(rule["ScheduleExpression"])
        return calls


def read(stage: str, given: Mapping[str, str] | None = None, root: Path = ROOT) -> Deployment:
    """``given`` parameters take precedence over those of samconfig.toml. KeyError for an unknown stage or parameter."""
    source, values = template.read(root / "template.yaml"), stage_parameters(stage, root) | dict(given or {})
    if unknown := sorted(values.keys() - source.document["Parameters"].keys()):
        raise KeyError(f"the template has no parameter {', '.join(unknown)}")
    scope = Scope(source.document, values)
    resources = tuple(_resources(scope, root))
    return Deployment(stage, source, scope.parameters, resources, _database(resources))


def stage_parameters(stage: str, root: Path = ROOT) -> dict[str, str]:
    """What samconfig.toml deploys a stage with."""
    config = tomllib.loads((root / "samconfig.toml").read_text("utf-8"))
    given = config["default" if stage == "dev" else stage]["deploy"]["parameters"]["parameter_overrides"]
    pairs = shlex.split(given) if isinstance(given, str) else given
    return dict(pair.split("=", 1) for pair in pairs)


def _resources(scope: Scope, folder: Path, prefix: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, kind, properties in scope.resources():
        yield prefix + name, kind, properties
        if kind == NESTED:
            document = template.read(folder / properties["TemplateURL"]).document
            yield from _resources(Scope(document, properties.get("Parameters", {})), folder, f"{name}.")


def _database(resources: tuple[tuple[str, str, dict[str, Any]], ...]) -> Database | None:
    for _, kind, properties in resources:
        if kind == CLUSTER:
            scaling = properties["ServerlessV2ScalingConfiguration"]
            pause_s = float(scaling.get("SecondsUntilAutoPause", PAUSE_S))
            return Database(float(scaling["MinCapacity"]), float(scaling["MaxCapacity"]), pause_s)
    return None


_MINUTES: Final = {"minute": 1, "hour": 60, "day": 1440}


def _calls(rate: str) -> int:
    return round(HOURS * 60 / _minutes(rate))


def _minutes(rate: str) -> int:
    """Of ``rate(15 minutes)``. KeyError or ValueError for another kind of schedule, which nobody has priced."""
    number, unit = rate.removeprefix("rate(").removesuffix(")").split()
    return int(number) * _MINUTES[unit.removesuffix("s")]


def _function(properties: Mapping[str, Any], policies: Iterable[Any]) -> FunctionCosts:
    reserved = properties.get("ReservedConcurrentExecutions")
    grants = tuple(referenced(policy) for policy in policies)
    return FunctionCosts(int(properties["MemorySize"]), int(reserved) if reserved else None, grants)
