from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.shapes.document_ref import DocumentRef, ref_of_key

REF = DocumentRef(UUID(int=1), UUID(int=2), UUID(int=3))


def test_the_key_of_an_uploaded_file_names_its_document() -> None:
    assert ref_of_key(REF.source_key) == REF


@pytest.mark.parametrize(
    "key", ["documents/a/b/c/source", "documents/x/source", "other/1/2/3/source", f"{REF.source_key}/x"]
)
def test_other_keys_name_no_document(key: str) -> None:
    assert ref_of_key(key) is None
