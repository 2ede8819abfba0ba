"""What S3 says of files that have arrived. Entry: ``uploaded_files``, which whoever reads its messages calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote_plus

from voicehelper.shapes.document_ref import SourceFile, source_of_key


def uploaded_files(message: str) -> Iterator[SourceFile]:
    """The files of one message from S3; none for the test event S3 sends first.

    Keys arrive URL-encoded: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    for record in json.loads(message).get("Records", ()):
        if file := source_of_key(unquote_plus(record["s3"]["object"]["key"])):
            yield file
