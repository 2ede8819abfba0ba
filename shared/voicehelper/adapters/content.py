"""The bucket that holds uploads and what the pipeline hands from step to step."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class ContentStore:
    """Objects of one bucket by key; a failure that may pass becomes UpstreamUnavailableError."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        with _translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str) -> bytes:
        with _translated():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def get_bytes(self, key: str, *, first: int, last: int) -> bytes:
        """Bytes ``first`` … ``last`` - 1 of an object."""
        with _translated():
            return self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={first}-{last - 1}")[
                "Body"
            ].read()

    def download(self, key: str, path: Path) -> None:
        """Straight to disk: an upload may be larger than a step's memory."""
        with _translated():
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            with path.open("wb") as stream:
                stream.writelines(body.iter_chunks(1 << 20))

    def exists(self, key: str) -> bool:
        with _translated():
            return bool(self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1).get("KeyCount"))

    def delete_prefix(self, prefix: str) -> int:
        """Remove every object under a prefix; returns how many there were. Repeating is harmless."""
        removed = 0
        with _translated():
            for keys in self._pages(prefix):
                self._client.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
                removed += len(keys)
        return removed

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            if keys := [item["Key"] for item in page.get("Contents", ())]:
                yield keys

    def upload_form(self, key: str, *, size_bytes: int, expires_in: int) -> dict[str, Any]:
        """{"url", "fields"} of a form that takes exactly one object of exactly this size."""
        return self._client.generate_presigned_post(
            self._bucket, key, Conditions=[["content-length-range", size_bytes, size_bytes]], ExpiresIn=expires_in
        )

    def link(self, key: str, *, filename: str, content_type: str, expires_in: int) -> str:
        """A URL that shows the object in a browser under its own name."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": f"inline; filename*=UTF-8''{quote(filename)}",
            },
            ExpiresIn=expires_in,
        )


class _translated:  # noqa: N801 - reads as a statement: `with _translated():`
    """AWS's errors by their meaning; botocore is only imported by who already holds a client."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None:
            return
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, (BotoCoreError, ClientError)):
            raise UpstreamUnavailableError(f"S3: {error}") from error


@functools.cache
def content_store() -> ContentStore:
    """Connects at first use; only functions that call this pay for importing botocore (boto3 costs a tenth more)."""
    import botocore.session
    from botocore.config import Config

    # Path style: the emulator has no wildcard DNS. The time-outs leave room for two retries inside 30 s.
    style: Any = {"addressing_style": "path" if settings().endpoint_url else "virtual"}
    config = Config(s3=style, connect_timeout=3, read_timeout=10, retries={"max_attempts": 3}, signature_version="s3v4")
    client = botocore.session.get_session().create_client("s3", config=config)
    return ContentStore(cast("S3Client", client), settings().content_bucket)
