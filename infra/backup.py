"""Backups of a deployment on AWS: `python -m infra.backup snapshot|list|undelete --stage prod`.

`snapshot` keeps the database as it is, or with --at as it was, and the DynamoDB table, until somebody deletes them;
`make deploy` with the parameter DatabaseSnapshot brings a snapshot back. `undelete` brings back objects of the bucket
that were deleted after a time. What happens without anybody's doing, and what it costs: docs/operations.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.deploy import STAGES, chosen_region, find_target
from infra.stack_parts import physical_ids

_DATABASE: Final = "Database"  # logical ids in template.yaml and infra/database.yaml
_CLUSTER: Final = "Cluster"
_BUCKET: Final = "ContentBucket"
_TABLE: Final = "RevokedFamilyTable"
_DOCUMENTS: Final = "documents/"
_TAG: Final = "voicehelper:stack"


class BackupError(Exception):
    """One line that says what is missing."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """What of a stack holds data; ``cluster`` is empty for one with a given database."""

    stack: str
    cluster: str
    bucket: str
    table: str


class Account:
    """The services of one account and region. ``client`` makes them, for tests against an emulator."""

    def __init__(self, region: str, **client: Any) -> None:
        make: Any = boto3.client
        self.cloudformation = make("cloudformation", region_name=region, **client)
        self.rds, self.s3 = (make(name, region_name=region, **client) for name in ("rds", "s3"))
        self.dynamodb = make("dynamodb", region_name=region, **client)

    def find(self, stack: str) -> Deployed:
        own = physical_ids(self.cloudformation, stack)
        nested = physical_ids(self.cloudformation, own[_DATABASE]) if _DATABASE in own else {}
        return Deployed(stack, nested.get(_CLUSTER, ""), own[_BUCKET], own[_TABLE])


def snapshot(account: Account, deployed: Deployed, at: datetime | None, now: datetime) -> list[str]:
    """Lines that say what was kept. BackupError for a given database, whose owner has backups of their own."""
    if not deployed.cluster:
        raise BackupError(f"{deployed.stack} uses a given database; its own tools back it up.")
    name = f"{deployed.stack}-{now:%Y%m%d-%H%M%S}"
    if at:
        _snapshot_of_then(account, deployed, name, at)
    else:
        _snapshot_of(account, deployed.cluster, name, deployed.stack)
    account.dynamodb.create_backup(TableName=deployed.table, BackupName=name)
    lines = [f"database: snapshot {name}", f"keys of programs and revoked sessions: table backup {name}"]
    return [*lines, _state_of_bucket(account, deployed.bucket)]


def _snapshot_of(account: Account, cluster: str, name: str, stack: str) -> None:
    tags = [{"Key": _TAG, "Value": stack}]
    account.rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster, DBClusterSnapshotIdentifier=name, Tags=tags)
    account.rds.get_waiter("db_cluster_snapshot_available").wait(DBClusterSnapshotIdentifier=name)


def _snapshot_of_then(account: Account, deployed: Deployed, name: str, at: datetime) -> None:
    """By a cluster of that moment, which has no instance and goes again: the snapshot needs its storage alone."""
    account.rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=name, SourceDBClusterIdentifier=deployed.cluster, RestoreToTime=at, RestoreType="full-copy"
    )
    try:
        account.rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier=name)
        _snapshot_of(account, name, name, deployed.stack)
    finally:
        account.rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def _state_of_bucket(account: Account, bucket: str) -> str:
    status = account.s3.get_bucket_versioning(Bucket=bucket).get("Status")
    if status == "Enabled":
        return f"files: {bucket} keeps what is deleted for 30 days"
    return f"files: NOT kept, {bucket} has no versions (only prod has)"


def listed(account: Account, deployed: Deployed) -> Iterator[str]:
    """Lines, the newest snapshot last."""
    if deployed.cluster:
        [cluster] = account.rds.describe_db_clusters(DBClusterIdentifier=deployed.cluster)["DBClusters"]
        yield f"any moment from {_shown(cluster.get('EarliestRestorableTime'))}"
        pages = account.rds.get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual")
        for item in (item for page in pages for item in page["DBClusterSnapshots"]):
            if item["DBClusterSnapshotIdentifier"].startswith(f"{deployed.stack}-"):
                yield f"{item['DBClusterSnapshotIdentifier']} {item['Status']}"
    yield _state_of_bucket(account, deployed.bucket)


def _shown(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "unknown"


def undelete(account: Account, bucket: str, since: datetime) -> int:
    """Returns how many objects came back. Of documents that the database does not have nobody ever looks at them."""
    markers = [marker for marker in _delete_markers(account, bucket) if marker["LastModified"] >= since]
    for marker in markers:
        account.s3.delete_object(Bucket=bucket, Key=marker["Key"], VersionId=marker["VersionId"])
    return len(markers)


def _delete_markers(account: Account, bucket: str) -> Iterator[dict[str, Any]]:
    for page in account.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=_DOCUMENTS):
        yield from (marker for marker in page.get("DeleteMarkers", ()) if marker["IsLatest"])


def moment(text: str) -> datetime:
    """A time as argparse reads it: 2026-11-27T20:00:00Z."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no time like 2026-11-27T20:00:00Z") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("snapshot", "list", "undelete"))
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--at", type=moment, help="the moment to go back to, as 2026-11-27T20:00:00Z")
    options = parser.parse_args(arguments)
    if options.command == "undelete" and not options.at:
        parser.error("undelete needs --at")
    try:
        target = find_target(options.stage, chosen_region())
        print(target)
        account = Account(target.region)
        for line in _lines(options, account, account.find(target.stack)):
            print(line)
    except (BackupError, BotoCoreError, ClientError, WaiterError) as error:
        print(error)
        return 1
    return 0


def _lines(options: argparse.Namespace, account: Account, deployed: Deployed) -> Iterator[str]:
    if options.command == "snapshot":
        yield from snapshot(account, deployed, options.at, datetime.now(UTC))
    elif options.command == "list":
        yield from listed(account, deployed)
    else:
        yield f"{undelete(account, deployed.bucket, options.at)} objects are back"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
