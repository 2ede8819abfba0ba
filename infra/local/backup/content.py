"""What a backup holds beside the database: the bucket's objects, the signing keys, and the records of API keys.

Keys are kept with their versions: a key's version is its name in the tokens, links and webhooks that it signed. From
the DynamoDB table come revoked sessions and living API keys, without which a restored key would open nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from infra.local.backup.archive import Backup, Writer
from infra.local.endpoint import Endpoint
from infra.local.paths import STACK_NAME
from infra.stack_parts import physical_ids

KEYS: Final = "keys.json"
TABLE: Final = "table.json"
OBJECTS: Final = "objects/"
_BUCKET_ID, _TABLE_ID = "ContentBucket", "RevokedFamilyTable"  # in template.yaml
_PATH: Final = f"/{STACK_NAME}/keys/"
_DOCUMENTS: Final = "documents"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where the running stack keeps these things."""

    endpoint: Endpoint
    bucket: str
    table: str

    @classmethod
    def of(cls, endpoint: Endpoint) -> Place:
        physical = physical_ids(endpoint.client("cloudformation"), STACK_NAME)
        return cls(endpoint, physical[_BUCKET_ID], physical[_TABLE_ID])


class ObjectCopier:
    """``copy_new`` adds what has come, or has changed, since its last call."""

    def __init__(self, place: Place, writer: Writer) -> None:
        self._s3, self._bucket, self._writer = place.endpoint.client("s3"), place.bucket, writer
        self._copied: dict[str, str] = {}  # etag by key
        self._number = 0

    def copy_new(self) -> None:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket):
            for item in page.get("Contents", ()):
                if self._copied.get(item["Key"]) != item["ETag"]:
                    self._copy(item["Key"])

    def _copy(self, key: str) -> None:
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:  # deleted since it was listed
            return
        self._number += 1
        name, kind = f"{OBJECTS}{self._number:08d}", found.get("ContentType", "application/octet-stream")
        self._writer.add(name, found["Body"].iter_chunks(_PIECE), key=key, content_type=kind)
        self._copied[key] = found["ETag"]


def add_secrets(place: Place, writer: Writer) -> None:
    writer.add(KEYS, [json.dumps(_key_versions(place.endpoint)).encode()])
    pages = place.endpoint.client("dynamodb").get_paginator("scan").paginate(TableName=place.table)
    items = [item for page in pages for item in page["Items"]]
    writer.add(TABLE, [json.dumps(items).encode()])


def _key_versions(endpoint: Endpoint) -> dict[str, list[str]]:
    """{parameter below the stack's keys: its values from version 1}."""
    ssm = endpoint.client("ssm")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=_PATH)
    names = [item["Name"] for page in pages for item in page["Parameters"]]
    return {name.removeprefix(_PATH): _history(ssm, name) for name in names}


def _history(ssm: Any, name: str) -> list[str]:
    pages = ssm.get_paginator("get_parameter_history").paginate(Name=name, WithDecryption=True)
    versions = {item["Version"]: item["Value"] for page in pages for item in page["Parameters"]}
    return [versions[number] for number in sorted(versions)]


def put_keys(endpoint: Endpoint, backup: Backup) -> None:
    """Before the deployment, which draws what is missing."""
    ssm = endpoint.client("ssm")
    for name, values in json.loads(backup.read(KEYS)).items():
        for value in values:
            ssm.put_parameter(Name=_PATH + name, Value=value, Type="SecureString", Overwrite=True)


def put_table(place: Place, backup: Backup) -> None:
    table = place.endpoint.client("dynamodb")
    for item in json.loads(backup.read(TABLE)):
        table.put_item(TableName=place.table, Item=item)


def put_objects(place: Place, backup: Backup, documents: Collection[tuple[str, str, str]]) -> int:
    """Returns how many were left out: those of documents that the database, as of its moment, does not have.

    Events of the bucket are off meanwhile: what waits for its file is taken up by every start of the stack.
    """
    s3 = place.endpoint.client("s3")
    events = s3.get_bucket_notification_configuration(Bucket=place.bucket)
    events.pop("ResponseMetadata", None)
    s3.put_bucket_notification_configuration(Bucket=place.bucket, NotificationConfiguration={})
    wanted = dict(_wanted(backup, documents))
    for name, body in backup.stream(wanted.values()):
        entry = backup.entries[name]
        s3.upload_fileobj(body, place.bucket, entry["key"], ExtraArgs={"ContentType": entry["content_type"]})
    s3.put_bucket_notification_configuration(Bucket=place.bucket, NotificationConfiguration=events)
    return sum(name.startswith(OBJECTS) for name in backup.entries) - len(wanted)


def _wanted(backup: Backup, documents: Collection[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """(key, entry), the copy that was made last of each last."""
    for name, entry in sorted(backup.entries.items()):
        if name.startswith(OBJECTS) and _belongs(str(entry["key"]), documents):
            yield str(entry["key"]), name


def _belongs(key: str, documents: Collection[tuple[str, str, str]]) -> bool:
    folder, *ids = key.split("/")
    return folder != _DOCUMENTS or (len(ids) > 3 and (ids[0], ids[1], ids[2]) in documents)
