from __future__ import annotations

import json

from voicehelper.ingestion.start import uploaded_keys


def test_object_keys_in_upload_messages_are_url_decoded() -> None:
    body = json.dumps({"Records": [{"s3": {"object": {"key": "up+load/%E4%B8%AD.pdf"}}}]})

    assert list(uploaded_keys(body)) == ["up load/中.pdf"]


def test_the_test_message_of_a_new_bucket_names_no_object() -> None:
    assert list(uploaded_keys('{"Event": "s3:TestEvent"}')) == []
