"""`make deploy STAGE=dev`: the cost first, then `sam deploy`, then the database's schema, then where the API is.

Run after `make build`; the AWS account and region are those of the usual environment variables and profiles.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import cost
from infra.local.paths import LOCAL, ROOT

SAM: Final = LOCAL / "sam" / "bin" / "sam"
MIGRATION: Final = "MigrateDatabaseFunction"


def environment(stage: str) -> str:
    """The stage's name in samconfig.toml."""
    return "default" if stage == "dev" else stage


def stack_name(stage: str) -> str:
    """As samconfig.toml names it; KeyError for a stage it does not know."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    return str(config[environment(stage)]["global"]["parameters"]["stack_name"])


def migrate(stack: str, **client: Any) -> list[str]:
    """Bring the deployed database up to date through its own function; returns the files applied now."""
    cloudformation, functions = boto3.client("cloudformation", **client), boto3.client("lambda", **client)
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=MIGRATION)
    answer = functions.invoke(FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=b"{}")
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise SystemExit(f"the schema was not changed: {said.get('errorType')} {said.get('errorMessage')}")
    return list(said["applied"])


def outputs(stack: str, **client: Any) -> dict[str, str]:
    (found,) = boto3.client("cloudformation", **client).describe_stacks(StackName=stack)["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", ())}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=("dev", "staging", "prod"), default="dev")
    stage = parser.parse_args(arguments).stage
    print(cost.table())
    if subprocess.run([SAM, "deploy", "--config-env", environment(stage)], cwd=ROOT, check=False).returncode:
        return 1
    try:
        applied = migrate(stack_name(stage))
        print(f"schema: {', '.join(applied) or 'up to date'}")
        print(f"ready: {outputs(stack_name(stage))['ApiUrl']}")
    except (BotoCoreError, ClientError) as error:
        print(f"deployed, but the schema was not reached: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
