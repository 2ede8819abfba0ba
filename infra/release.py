"""What a release is: its digest, and the template by which the one before it can be had back.

Entries: ``release_sha`` and ``remember`` for ``deploy``, ``roll_back`` for ``rollback``. The template of a deployed
stack names the very objects in S3 that it was made from, so nothing is built again on the way back. The schema stays: a
migration suits the code before it, too.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError, WaiterError

from infra.local.paths import ROOT

# Everything that functions are made of, and what they are given by child stacks.
SOURCES: Final = ("functions", "layers", "shared", "infra/state_machines", "infra/*.yaml", "template.yaml")
_LEFT_OUT: Final = frozenset({"__pycache__", ".pytest_cache"})
# Says which commit a stack was deployed from, which may be one that changed nothing of the above.
_NAMES_THE_COMMIT: Final = "ServiceVersion="
_SAM_STACK: Final = "aws-sam-cli-managed-default"
_CAPABILITIES: Final = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_LONGEST_S: Final = 3600.0  # of a canary of five minutes, and what else changes


def release_sha(overrides: Iterable[str], root: Path = ROOT) -> str:
    """SHA-256 over sources and parameters (``Name=value``): it changes with any of them, and with nothing else."""
    digest = hashlib.sha256()
    for path in sorted(_files(root)):
        digest.update(
            f"{path.relative_to(root).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    for override in sorted(overrides):
        if not override.startswith(_NAMES_THE_COMMIT):
            digest.update(f"{override}\n".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        for found in root.glob(pattern):
            yield from _below(found) if found.is_dir() else [found]


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part in _LEFT_OUT or part.endswith(".egg-info") for part in parts):
            yield path


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack as it was deployed: the template as it was handed in, and its parameters."""

    stack: str
    template: str
    parameters: dict[str, str]


def remember(stack: str, **client: Any) -> Deployed | None:
    """None where there is no such stack, or none that was ever whole."""
    cloudformation = boto3.client("cloudformation", **client)
    try:
        [description] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    if description["StackStatus"] in ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"):
        return None
    template = cloudformation.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
    text = template if isinstance(template, str) else json.dumps(template)
    given = description.get("Parameters", ())
    return Deployed(stack, text, {item["ParameterKey"]: item["ParameterValue"] for item in given})


def roll_back(to: Deployed, *, bucket: str, role: str = "", delay_s: float = 10.0, **client: Any) -> None:
    """Deploy the stack as it was, by ``role`` where CloudFormation takes one.

    The template goes through ``bucket``, because it is larger than what a call takes.
    ClientError or WaiterError where CloudFormation refuses or fails, and then keeps what is there.
    """
    cloudformation, key = boto3.client("cloudformation", **client), f"{to.stack}-rollback.template"
    s3 = boto3.client("s3", **client)
    s3.put_object(Bucket=bucket, Key=key, Body=to.template.encode())
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}).partition("?")[0]
    change = cloudformation.create_change_set(
        StackName=to.stack,
        ChangeSetName=f"rollback-{time.time_ns()}",
        TemplateURL=url,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in to.parameters.items()],
        Capabilities=_CAPABILITIES,
        **({"RoleARN": role} if role else {}),
    )["Id"]
    waiting = {"Delay": delay_s, "MaxAttempts": int(_LONGEST_S / delay_s)}
    if _is_empty(cloudformation, change, waiting):
        return
    cloudformation.execute_change_set(ChangeSetName=change)
    cloudformation.get_waiter("stack_update_complete").wait(StackName=to.stack, WaiterConfig=waiting)


def _is_empty(cloudformation: Any, change: str, waiting: dict[str, Any]) -> bool:
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=change, WaiterConfig=waiting)
    except WaiterError:
        reason = cloudformation.describe_change_set(ChangeSetName=change).get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return True
        raise
    return False


def sam_bucket(**client: Any) -> str:
    """Where `sam deploy` keeps artefacts."""
    [stack] = boto3.client("cloudformation", **client).describe_stacks(StackName=_SAM_STACK)["Stacks"]
    return next(str(item["OutputValue"]) for item in stack["Outputs"] if item["OutputKey"] == "SourceBucket")


def memory_of(stage: str) -> Path:
    """Where a deployment keeps what was there before it."""
    return ROOT / ".aws-sam" / f"before-{stage}.json"


def kept(path: Path) -> Deployed | None:
    return Deployed(**json.loads(path.read_text("utf-8"))) if path.exists() else None


def keep(deployed: Deployed | None, path: Path) -> None:
    path.unlink(missing_ok=True)
    if deployed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(deployed)), "utf-8")
