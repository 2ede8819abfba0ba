from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.ingestion.events import document_prefix, event_of_key, source_key

TENANT, BASE, DOCUMENT = (UUID(int=n) for n in (1, 2, 3))
KEY = source_key(document_prefix(TENANT, BASE, DOCUMENT))


def test_the_key_of_an_uploaded_file_names_its_document() -> None:
    assert event_of_key(KEY) == (TENANT, BASE, DOCUMENT)


@pytest.mark.parametrize("key", ["documents/a/b/c/source", "documents/x/source", "other/1/2/3/source", f"{KEY}/x"])
def test_other_keys_name_no_document(key: str) -> None:
    assert event_of_key(key) is None
