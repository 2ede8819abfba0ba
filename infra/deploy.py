"""`make deploy STAGE=dev`: says where it deploys and at what cost, runs `sam deploy` and prints the API's address.

Entry: ``main``; with ``--check`` it stops before `sam deploy`, so that nothing is built for an account nobody meant.
Before it, it keeps what `make rollback` needs, and after it removes what no alias leads to any more.
AWS account and region come from the usual environment variables and profiles.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import cost, release
from infra.concurrency import account_parameters
from infra.layer_architecture import ARCHITECTURES, foreign_files
from infra.local.paths import BUILD, LOCAL, READER_WEIGHTS, ROOT
from infra.old_versions import prune

SAM: Final = LOCAL / "sam" / "bin" / "sam"
RDS_BUNDLE: Final = "rds-bundle.pem"  # `make rds-bundle` fetches it, layers/Makefile packs it
STAGES: Final = ("dev", "staging", "prod")
NO_REGION: Final = "no region: set AWS_REGION, or a region in the AWS profile"


@dataclass(frozen=True, slots=True)
class Target:
    stage: str
    stack: str
    account: str
    region: str

    def __str__(self) -> str:
        return f"stage {self.stage} (stack {self.stack}) → account {self.account}, region {self.region}"


def config_environment(stage: str) -> str:
    """What samconfig.toml calls the stage."""
    return "default" if stage == "dev" else stage


def _config(stage: str, command: str) -> dict[str, Any]:
    """A command's parameters in samconfig.toml; KeyError for a stage it does not know."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    return dict(config[config_environment(stage)][command]["parameters"])


def stack_name(stage: str) -> str:
    return str(_config(stage, "global")["stack_name"])


def chosen_region() -> str:
    """AWS_REGION, as the AWS CLI reads it and botocore does not, then what botocore finds; SystemExit without one."""
    region = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not region:
        raise SystemExit(NO_REGION)
    return region


def find_target(stage: str, region: str, **client: Any) -> Target:
    """ClientError or BotoCoreError without valid credentials."""
    account = boto3.client("sts", region_name=region, **client).get_caller_identity()["Account"]
    return Target(stage, stack_name(stage), account, region)


def parameter_overrides(stage: str, **more: str) -> list[str]:
    """The stage's own, as samconfig.toml has them, and ``more`` that is not empty.

    Together, because a command line's list replaces the file's.
    """
    given = str(_config(stage, "deploy")["parameter_overrides"]).split()
    return [*given, *(f"{name}={value}" for name, value in more.items() if value)]


def code_version() -> str:
    """The commit, as `git describe` names it; empty outside a checkout, where the template's default stays."""
    command = ["git", "describe", "--tags", "--always", "--dirty"]
    try:
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def concurrency_quota(region: str, **client: Any) -> int:
    """Executions of functions that the account may have at once."""
    settings = boto3.client("lambda", region_name=region, **client).get_account_settings()
    return int(settings["AccountLimit"]["ConcurrentExecutions"])


def checked_database(build: Path = BUILD) -> dict[str, str]:
    """The parameter by which functions check the database's certificate, where the built layer has the authorities."""
    if (build / "BaseLayer" / "python" / RDS_BUNDLE).exists():
        return {"DatabaseCaFile": f"/opt/python/{RDS_BUNDLE}"}
    print("the database's certificate is not checked: `make rds-bundle` fetches RDS's authorities")
    return {}


def trained_reader(build: Path = BUILD) -> dict[str, str]:
    """The parameter by which a trained reader judges sentences, where the built layer has its weights."""
    is_built = (build / "ReaderLayer" / READER_WEIGHTS.name).exists()
    return {"ReaderWeights": f"/opt/{READER_WEIGHTS.name}"} if is_built else {}


def formation_role() -> str:
    """The role that CloudFormation takes for the changes; empty where it has the deployer's rights."""
    return os.environ.get("CLOUDFORMATION_ROLE_ARN", "")


def deploy_command(target: Target, *, version: str, architecture: str, quota: int, asks: bool = True) -> list[str]:
    """Without ``asks`` nobody is asked whether the changes are to be made, wherever the stage is."""
    more = account_parameters(quota) | checked_database() | trained_reader()
    overrides = parameter_overrides(target.stage, ServiceVersion=version, Architecture=architecture, **more)
    return [
        *(str(SAM), "deploy"),
        *("--config-env", config_environment(target.stage)),
        *("--region", target.region),
        *(() if asks else ("--no-confirm-changeset",)),
        *(("--role-arn", role) if (role := formation_role()) else ()),
        *("--parameter-overrides", *overrides, f"ReleaseSha={release.release_sha(overrides)}"),
    ]


def outputs(stack: str, **client: Any) -> dict[str, str]:
    """The stack's outputs by name."""
    (description,) = boto3.client("cloudformation", **client).describe_stacks(StackName=stack)["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", ())}


def deploy(target: Target, architecture: str, *, asks: bool = True) -> int:
    if foreign_files(architecture):
        print(f"the layers are not built for {architecture}: make build ARCH={architecture}")
        return 1
    quota = concurrency_quota(target.region)
    command = deploy_command(target, version=code_version(), architecture=architecture, quota=quota, asks=asks)
    release.keep(release.remember(target.stack, region_name=target.region), release.memory_of(target.stage))
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        return 1
    removed = prune(target.stack, region_name=target.region)
    print(f"old versions removed: {len(removed)}")
    print(f"ready: {outputs(target.stack, region_name=target.region)['ApiUrl']}")
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    parser.add_argument("--check", action="store_true", help="say where it would deploy, and stop there")
    parser.add_argument("--yes", action="store_true", help="change the stack without asking, as a workflow must")
    options = parser.parse_args(arguments)
    try:
        target = find_target(options.stage, chosen_region())
        print(target)
        if not options.check:
            return deploy(target, options.architecture, asks=not options.yes)
        print(cost.table())
    except (BotoCoreError, ClientError) as error:
        print(f"AWS does not answer as it should: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
