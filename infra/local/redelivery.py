"""Sends the upload event of every stored file again. Entry: ``redeliver_uploads()``, after a crash."""

from __future__ import annotations

import json
from urllib.parse import quote_plus

from infra.local.logs import client


def redeliver_uploads(endpoint_url: str, bucket: str, queue_url: str) -> int:
    """Returns the number of events sent."""
    s3, sqs = client("s3", endpoint_url), client("sqs", endpoint_url)
    sent = 0
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="documents/"):
        for item in page.get("Contents", ()):
            if item["Key"].endswith("/source"):
                sqs.send_message(QueueUrl=queue_url, MessageBody=upload_event(bucket, item["Key"]))
                sent += 1
    return sent


def upload_event(bucket: str, key: str) -> str:
    """S3's notification as JSON, reduced to what the product reads."""
    entity = {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/")}}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": entity}]})
