from __future__ import annotations

import json
from urllib.parse import quote_plus
from uuid import UUID

from voicehelper.ingestion.arrivals import uploaded_files
from voicehelper.shapes.document_ref import DocumentRef

REF = DocumentRef(UUID(int=1), UUID(int=2), UUID(int=3))


def message(*keys: str) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


def test_keys_in_upload_messages_are_url_decoded() -> None:
    assert list(uploaded_files(message(quote_plus(REF.source_key(2))))) == [(REF, 2)]


def test_objects_that_are_no_uploads_name_no_document() -> None:
    assert list(uploaded_files(message("documents/logo.png", REF.source_key(1)))) == [(REF, 1)]


def test_the_test_message_of_a_new_bucket_names_no_document() -> None:
    assert list(uploaded_files('{"Event": "s3:TestEvent"}')) == []
