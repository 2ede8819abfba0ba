"""Files that were deleted after a moment come back, where the bucket keeps versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from infra.backup import Account, undelete
from infra.local.endpoint import REGION
from tests.integration.local.conftest import Probe


def test_what_was_deleted_since_is_back_and_nothing_else(probe: Probe) -> None:
    s3, bucket = probe.client("s3"), f"kept-{uuid4().hex[:12]}"
    keys = {
        "aws_access_key_id": probe.endpoint.access_key_id,
        "aws_secret_access_key": probe.endpoint.secret_access_key,
    }
    account = Account(REGION, endpoint_url=probe.endpoint_url, **keys)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for key in ("documents/a/source", "documents/b/source", "voice/a"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    s3.delete_object(Bucket=bucket, Key="documents/a/source")
    s3.delete_object(Bucket=bucket, Key="voice/a")

    tomorrow = undelete(account, bucket, datetime.now(UTC) + timedelta(days=1))
    back = undelete(account, bucket, datetime.now(UTC) - timedelta(hours=1))

    assert (tomorrow, back) == (0, 1)
    assert s3.get_object(Bucket=bucket, Key="documents/a/source")["Body"].read() == b"documents/a/source"
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [item["Key"] for item in listed] == ["documents/a/source", "documents/b/source"]
