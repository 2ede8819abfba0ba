"""A stack is larger than a page of what CloudFormation lists."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.stub import Stubber

from infra.backup import Account, Deployed
from infra.stack_parts import Part, parts_of, physical_ids

ACCOUNT: dict[str, Any] = {"region_name": "eu-central-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}


def page_of(*names: str, token: str = "") -> dict[str, Any]:
    common = {"LastUpdatedTimestamp": "2026-11-27T20:00:00Z", "ResourceStatus": "CREATE_COMPLETE"}
    items = [
        {"LogicalResourceId": name, "PhysicalResourceId": name.lower(), "ResourceType": "AWS::S3::Bucket", **common}
        for name in names
    ]
    return {"StackResourceSummaries": items, **({"NextToken": token} if token else {})}


def add_pages(stubber: Stubber) -> None:
    stubber.add_response("list_stack_resources", page_of("One", token="more"), {"StackName": "vh"})
    stubber.add_response(
        "list_stack_resources",
        page_of("ContentBucket", "RevokedFamilyTable"),
        {"StackName": "vh", "NextToken": "more"},
    )


def test_every_page_is_read() -> None:
    client = boto3.client(
        "cloudformation", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        add_pages(stubber)
        add_pages(stubber)

        assert [part.logical_id for part in parts_of(client, "vh")] == ["One", "ContentBucket", "RevokedFamilyTable"]
        assert physical_ids(client, "vh")["ContentBucket"] == "contentbucket"


def test_what_is_not_made_yet_has_no_name() -> None:
    client = boto3.client(
        "cloudformation", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    page = page_of("One")
    del page["StackResourceSummaries"][0]["PhysicalResourceId"]
    with Stubber(client) as stubber:
        stubber.add_response("list_stack_resources", page, {"StackName": "vh"})

        assert list(parts_of(client, "vh")) == [Part("One", "AWS::S3::Bucket", "")]


def test_a_backup_finds_what_is_on_a_later_page() -> None:
    account = Account(ACCOUNT["region_name"], aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(account.cloudformation) as stubber:
        add_pages(stubber)

        assert account.find("vh") == Deployed("vh", "", "contentbucket", "revokedfamilytable")
