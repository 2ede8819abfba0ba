"""``ContentStore``: the bucket of uploads and of intermediate results of the pipeline; built by ``resources``."""

from __future__ import annotations

import contextlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from voicehelper.errors import UpstreamUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_MOST_DELETED: Final = 1000


@contextlib.contextmanager
def _map_errors() -> Iterator[None]:
    """botocore is imported only after a failure: the client has loaded it already."""
    try:
        yield
    except Exception as error:
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, (BotoCoreError, ClientError)):
            raise UpstreamUnavailableError(f"S3: {error}") from error
        raise


class StoredObject(NamedTuple):
    """``modified_at`` is when it was written last."""

    key: str
    modified_at: datetime


class ContentStore:
    """Objects of one bucket by key; errors of S3 become UpstreamUnavailableError."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        with _map_errors():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str) -> bytes:
        with _map_errors():
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def find(self, key: str) -> bytes | None:
        """None for an object that is not there, for which S3 has 403: no grant lists the whole bucket."""
        return self.get(key) if self.exists(key) else None

    def get_bytes(self, key: str, *, first: int, last: int) -> bytes:
        """Bytes ``first`` … ``last`` - 1 of an object."""
        with _map_errors():
            return self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={first}-{last - 1}")[
                "Body"
            ].read()

    def download(self, key: str, path: Path) -> None:
        """Streams to disk: an upload may be larger than a step's memory."""
        with _map_errors():
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            with path.open("wb") as stream:
                stream.writelines(body.iter_chunks(1 << 20))

    def exists(self, key: str) -> bool:
        with _map_errors():
            return bool(self._client.list_objects_v2(Bucket=self._bucket, Prefix=key, MaxKeys=1).get("KeyCount"))

    def keys(self, prefix: str) -> list[str]:
        with _map_errors():
            return [key for keys in self._pages(prefix) for key in keys]

    def stored(self, prefix: str) -> list[StoredObject]:
        with _map_errors():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            items = [item for page in pages for item in page.get("Contents", ())]
        return [StoredObject(item["Key"], item["LastModified"]) for item in items]

    def delete(self, keys: Sequence[str]) -> None:
        """Idempotent."""
        with _map_errors():
            for start in range(0, len(keys), _MOST_DELETED):
                self._delete(keys[start : start + _MOST_DELETED])

    def delete_prefix(self, prefix: str) -> int:
        """Delete every object under a prefix; returns their number. Idempotent."""
        count = 0
        with _map_errors():
            for keys in self._pages(prefix):
                self._delete(keys)
                count += len(keys)
        return count

    def _delete(self, keys: Sequence[str]) -> None:
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys]
        self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})

    def _pages(self, prefix: str) -> Iterator[list[str]]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            if keys := [item["Key"] for item in page.get("Contents", ())]:
                yield keys

    def upload_form(self, key: str, *, size_bytes: int, sha256: bytes | None, expires_in: int) -> dict[str, Any]:
        """{"url", "fields"} of a form that accepts one object of exactly this size, and of this digest if one is given.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
        """
        fields = _checksum_fields(sha256) if sha256 else {}
        conditions = [["content-length-range", size_bytes, size_bytes], *({name: fields[name]} for name in fields)]
        return self._client.generate_presigned_post(
            self._bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=expires_in
        )

    def link(self, key: str, *, filename: str, content_type: str, expires_in: int) -> str:
        """A presigned URL that opens the object in a browser under ``filename``."""
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


def _checksum_fields(sha256: bytes) -> dict[str, str]:
    return {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": b64encode(sha256).decode()}
