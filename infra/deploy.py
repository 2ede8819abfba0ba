"""`make deploy STAGE=dev`: prints the cost, runs `sam deploy`, migrates the database and prints the API's address.

Entry: ``main``, after `make build`. AWS account and region come from the usual environment variables and profiles.
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

from infra import cost, template
from infra.local.paths import LOCAL, ROOT

SAM: Final = LOCAL / "sam" / "bin" / "sam"
MIGRATION: Final = "operations.migrate_database.handler"


def config_environment(stage: str) -> str:
    """What samconfig.toml calls the stage."""
    return "default" if stage == "dev" else stage


def stack_name(stage: str) -> str:
    """As samconfig.toml names it; KeyError for a stage it does not know."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    return str(config[config_environment(stage)]["global"]["parameters"]["stack_name"])


def migrate(stack: str, **client: Any) -> list[str]:
    """Bring the deployed database up to date by invoking its function; returns the files applied now."""
    cloudformation, functions = boto3.client("cloudformation", **client), boto3.client("lambda", **client)
    logical_id = template.read().function_of(MIGRATION).logical_id
    resource = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    answer = functions.invoke(FunctionName=resource["StackResourceDetail"]["PhysicalResourceId"], Payload=b"{}")
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise SystemExit(f"the schema was not changed: {payload.get('errorType')} {payload.get('errorMessage')}")
    return list(payload["applied"])


def outputs(stack: str, **client: Any) -> dict[str, str]:
    """The stack's outputs by name."""
    (description,) = boto3.client("cloudformation", **client).describe_stacks(StackName=stack)["Stacks"]
    return {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", ())}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=("dev", "staging", "prod"), default="dev")
    stage = parser.parse_args(arguments).stage
    print(cost.table())
    if subprocess.run([SAM, "deploy", "--config-env", config_environment(stage)], cwd=ROOT, check=False).returncode:
        return 1
    try:
        applied = migrate(stack_name(stage))
        print(f"schema: {', '.join(applied) or 'up to date'}")
        print(f"ready: {outputs(stack_name(stage))['ApiUrl']}")
    except (BotoCoreError, ClientError) as error:
        print(f"deployed, but the schema was not migrated: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
