"""`make destroy STAGE=dev`: shows what goes and what stays, asks for the stack's name, and deletes the stack.

Entry: ``main``. Files go after the functions that write and read them, so a deletion that fails has lost nothing. The
created database and its network stay unless ``--database`` says so, and then leave a last snapshot.
"""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.deploy import STAGES, chosen_region, find_target
from infra.stack_parts import Part, parts_of

_NESTED: Final = "AWS::CloudFormation::Stack"
_BUCKET: Final = "AWS::S3::Bucket"
_TABLE: Final = "AWS::DynamoDB::Table"
_DATABASE: Final = ("Database", "Network")  # in the order in which they can go
_LONGEST_S: Final = 3600.0  # interfaces of functions in a network take 20 minutes and more


class Destruction:
    """Of one stack, with its clients; ``client`` is what boto3 is told about the account."""

    def __init__(self, stack: str, client: dict[str, Any], *, with_database: bool = False, delay_s: float = 15) -> None:
        self.stack, self._with_database = stack, with_database
        self._waiting = {"Delay": delay_s, "MaxAttempts": int(_LONGEST_S / delay_s)}
        make: Any = boto3.client
        self._client: Callable[[str], Any] = functools.partial(make, **client)
        self._cloudformation = self._client("cloudformation")
        self.parts = list(parts_of(self._cloudformation, self.stack))

    def of_kind(self, kind: str) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]

    def goes(self) -> list[str]:
        """Sentences for whoever decides."""
        return [
            f"{len(self.parts)} resources of the stack",
            *(
                f"bucket {part.name} with {self._count(part.name)} objects and old versions"
                for part in self.of_kind(_BUCKET)
            ),
            *(f"table {part.name}" for part in self.of_kind(_TABLE)),
            *(f"stack {part.name}" for part in self._database() if self._with_database),
        ]

    def stays(self) -> list[str]:
        """What is in the account now and remains there; what of it costs something says so by its kind."""
        return [
            *(f"stack {part.name}, and what is in it" for part in self._database() if not self._with_database),
            *(f"snapshot {name}" for name in self._snapshots()),
            *(f"parameter {name}" for name in self._parameters()),
            *(f"log group {name}" for name in self._log_groups()),
            *(f"layer {name} with its versions" for name in self._layers()),
        ]

    def _database(self) -> list[Part]:
        nested = {part.logical_id: part for part in self.of_kind(_NESTED)}
        return [nested[name] for name in _DATABASE if name in nested]

    def _versions(self, bucket: str) -> Iterator[dict[str, str]]:
        for page in self._client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            for item in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                yield {"Key": item["Key"], "VersionId": item["VersionId"]}

    def _count(self, bucket: str) -> int:
        return sum(1 for _ in self._versions(bucket))

    def _snapshots(self) -> list[str]:
        found = self._client("rds").describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
        own = f"{self.stack}-".lower()
        return [
            item["DBClusterSnapshotIdentifier"] for item in found if item["DBClusterSnapshotIdentifier"].startswith(own)
        ]

    def _parameters(self) -> list[str]:
        """The keys, which the stack's own function made."""
        pages = self._client("ssm").get_paginator("get_parameters_by_path")
        found = pages.paginate(Path=f"/{self.stack}/", Recursive=True)
        return [item["Name"] for page in found for item in page["Parameters"]]

    def _log_groups(self) -> list[str]:
        """Those that are not of the template: of functions from before it named one for all."""
        pages = self._client("logs").get_paginator("describe_log_groups")
        own = {part.name for part in self.parts}
        found = [
            item
            for page in pages.paginate(logGroupNamePrefix=f"/aws/lambda/{self.stack}-")
            for item in page["logGroups"]
        ]
        return [item["logGroupName"] for item in found if item["logGroupName"] not in own]

    def _layers(self) -> list[str]:
        pages = self._client("lambda").get_paginator("list_layers").paginate()
        names = (item["LayerName"] for page in pages for item in page["Layers"])
        return [name for name in names if name.startswith(f"{self.stack}-")]

    def destroy(self) -> None:
        """ClientError or WaiterError where AWS refuses; safe to run again."""
        self._unprotect()
        self._delete_stack(self.stack)
        for bucket in self.of_kind(_BUCKET):
            self._delete_bucket(bucket.name)
        for table in self.of_kind(_TABLE):
            self._delete_table(table.name)
        for part in self._database() if self._with_database else ():
            self._delete_stack(part.name)

    def _unprotect(self) -> None:
        self._cloudformation.update_termination_protection(StackName=self.stack, EnableTerminationProtection=False)
        for cluster in self._clusters() if self._with_database else ():
            self._client("rds").modify_db_cluster(
                DBClusterIdentifier=cluster, DeletionProtection=False, ApplyImmediately=True
            )

    def _clusters(self) -> Iterator[str]:
        for nested in self._database():
            for part in parts_of(self._cloudformation, nested.name):
                if part.kind == "AWS::RDS::DBCluster":
                    yield part.name

    def _delete_stack(self, name: str) -> None:
        self._cloudformation.delete_stack(StackName=name)
        self._cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=self._waiting)

    def _delete_bucket(self, name: str) -> None:
        """With every version of every object. A bucket that went with its stack is gone."""
        s3 = self._client("s3")
        try:
            versions = list(self._versions(name))
        except s3.exceptions.NoSuchBucket:
            return
        for start in range(0, len(versions), 1000):
            s3.delete_objects(Bucket=name, Delete={"Objects": versions[start : start + 1000], "Quiet": True})
        s3.delete_bucket(Bucket=name)

    def _delete_table(self, name: str) -> None:
        tables = self._client("dynamodb")
        try:
            tables.delete_table(TableName=name)
        except tables.exceptions.ResourceNotFoundException:
            return


def _show(title: str, lines: list[str]) -> None:
    print(f"{title}:" if lines else f"{title}: nothing")
    for line in lines:
        print(f"  {line}")


def main(arguments: list[str], *, ask: Callable[[str], str] = input, delay_s: float = 15, **client: Any) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--database", action="store_true", help="with the created database, which leaves a snapshot")
    options = parser.parse_args(arguments)
    region = client.pop("region_name", None) or chosen_region()
    try:
        target = find_target(options.stage, region, **client)
        print(target)
        account = {"region_name": region, **client}
        return _destroy(Destruction(target.stack, account, with_database=options.database, delay_s=delay_s), ask)
    except (BotoCoreError, ClientError, WaiterError) as error:
        print(f"AWS does not do as it should: {error}")
        return 1


def _destroy(destruction: Destruction, ask: Callable[[str], str]) -> int:
    stack = destruction.stack
    _show("goes for good", destruction.goes())
    _show("stays", destruction.stays())
    if ask(f"the stack's name, to delete it ({stack}): ").strip() != stack:
        print("nothing was changed")
        return 1
    destruction.destroy()
    _show(f"{stack} is deleted; what stayed", destruction.stays())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
