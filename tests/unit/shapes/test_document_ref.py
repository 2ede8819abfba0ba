from __future__ import annotations

from uuid import UUID

import pytest
from voicehelper.shapes.document_ref import DocumentRef, source_of_key

REF = DocumentRef(UUID(int=1), UUID(int=2), UUID(int=3))


@pytest.mark.parametrize("attempt", [0, 1, 12])
def test_the_key_of_an_uploaded_file_names_its_document_and_attempt(attempt: int) -> None:
    assert source_of_key(REF.source_key(attempt)) == (REF, attempt)


@pytest.mark.parametrize(
    "key",
    [
        "documents/a/b/c/source",
        "documents/x/source",
        "source",
        "other/1/2/3/source",
        f"{REF.source_key(1)}/x",
        f"{REF.prefix}1/2/source",
        f"{REF.prefix}01/source",
        f"{REF.prefix}-1/source",
        f"{REF.prefix}x/source",
        f"{REF.prefix}1/other",
    ],
)
def test_other_keys_name_no_document(key: str) -> None:
    assert source_of_key(key) is None
