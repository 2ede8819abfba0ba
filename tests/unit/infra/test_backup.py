"""What is asked of RDS for a backup; no emulator here has Aurora."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from infra.backup import Account, BackupError, Deployed, listed, moment, snapshot

NOW = datetime(2026, 11, 27, 20, 0, 5, tzinfo=UTC)
THEN = datetime(2026, 11, 26, tzinfo=UTC)
NAME = "vh-prod-20261127-200005"
DEPLOYED = Deployed("vh-prod", "cluster-1", "files", "families")
SNAPSHOT = {"DBClusterSnapshotIdentifier": NAME, "Status": "available"}


class Stubbed:
    def __init__(self) -> None:
        self.account = Account("eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.rds, self.s3 = Stubber(self.account.rds), Stubber(self.account.s3)
        self.dynamodb = Stubber(self.account.dynamodb)

    def takes_snapshot_of(self, cluster: str) -> None:
        asked = {"DBClusterIdentifier": cluster, "DBClusterSnapshotIdentifier": NAME, "Tags": ANY}
        self.rds.add_response("create_db_cluster_snapshot", {"DBClusterSnapshot": SNAPSHOT}, asked)
        found = {"DBClusterSnapshots": [SNAPSHOT]}
        self.rds.add_response("describe_db_cluster_snapshots", found, {"DBClusterSnapshotIdentifier": NAME})

    def keeps_table(self) -> None:
        details = {"BackupArn": "a" * 40, "BackupName": NAME, "BackupStatus": "CREATING", "BackupType": "USER"}
        details |= {"BackupCreationDateTime": NOW}  # type: ignore[dict-item]
        self.dynamodb.add_response(
            "create_backup", {"BackupDetails": details}, {"TableName": "families", "BackupName": NAME}
        )

    def has_versions(self, status: str) -> None:
        self.s3.add_response("get_bucket_versioning", {"Status": status} if status else {}, {"Bucket": "files"})


@pytest.fixture
def stubbed() -> Iterator[Stubbed]:
    made = Stubbed()
    with ExitStack() as entered:
        for stubber in (made.rds, made.s3, made.dynamodb):
            entered.enter_context(stubber)
        yield made
        for stubber in (made.rds, made.s3, made.dynamodb):
            stubber.assert_no_pending_responses()


def test_a_snapshot_of_now_keeps_database_and_table_and_says_whether_files_are_kept(stubbed: Stubbed) -> None:
    stubbed.takes_snapshot_of("cluster-1")
    stubbed.keeps_table()
    stubbed.has_versions("")

    lines = snapshot(stubbed.account, DEPLOYED, None, NOW)

    assert f"database: snapshot {NAME}" in lines
    assert "NOT kept" in lines[-1]


def test_a_snapshot_of_then_is_made_by_a_cluster_that_goes_again(stubbed: Stubbed) -> None:
    asked = {"DBClusterIdentifier": NAME, "SourceDBClusterIdentifier": "cluster-1", "RestoreToTime": THEN}
    cluster: dict[str, Any] = {"DBClusterIdentifier": NAME, "Status": "available"}
    stubbed.rds.add_response(
        "restore_db_cluster_to_point_in_time", {"DBCluster": cluster}, asked | {"RestoreType": "full-copy"}
    )
    stubbed.rds.add_response("describe_db_clusters", {"DBClusters": [cluster]}, {"DBClusterIdentifier": NAME})
    stubbed.takes_snapshot_of(NAME)
    stubbed.rds.add_response(
        "delete_db_cluster", {"DBCluster": cluster}, {"DBClusterIdentifier": NAME, "SkipFinalSnapshot": True}
    )
    stubbed.keeps_table()
    stubbed.has_versions("Enabled")

    lines = snapshot(stubbed.account, DEPLOYED, THEN, NOW)

    assert "30 days" in lines[-1]


def test_a_given_database_is_its_owners_to_back_up(stubbed: Stubbed) -> None:
    with pytest.raises(BackupError, match="given database"):
        snapshot(stubbed.account, Deployed("vh-prod", "", "files", "families"), None, NOW)


def test_moments_and_snapshots_of_this_stack_are_listed(stubbed: Stubbed) -> None:
    cluster = {"DBClusterIdentifier": "cluster-1", "EarliestRestorableTime": THEN}
    stubbed.rds.add_response("describe_db_clusters", {"DBClusters": [cluster]}, {"DBClusterIdentifier": "cluster-1"})
    others = {"DBClusterSnapshotIdentifier": "vh-dev-1", "Status": "available"}
    found = {"DBClusterSnapshots": [SNAPSHOT, others]}
    stubbed.rds.add_response("describe_db_cluster_snapshots", found, {"SnapshotType": "manual"})
    stubbed.has_versions("Enabled")

    lines = list(listed(stubbed.account, DEPLOYED))

    assert lines[:2] == ["any moment from 2026-11-26T00:00:00Z", f"{NAME} available"]


def test_a_moment_without_a_zone_is_utc() -> None:
    assert moment("2026-11-26T00:00:00") == moment("2026-11-26T01:00:00+01:00") == THEN
