from __future__ import annotations

import json

import pytest
from voicehelper.ingestion.filenames import UnsupportedTypeError, require_readable
from voicehelper.knowledge.uploads import MetadataInvalidError, parse_metadata


@pytest.mark.parametrize("depth", [17, 64, 300, 2000])
def test_deeply_nested_metadata_is_invalid(depth: int) -> None:
    with pytest.raises(MetadataInvalidError):
        parse_metadata('{"a":' * depth + "1" + "}" * depth)


def test_metadata_within_the_bound_is_kept_as_it_is() -> None:
    metadata = {"team": {"tags": [["a", {"b": [1, 2]}], None]}}

    assert parse_metadata(json.dumps(metadata)) == metadata


@pytest.mark.parametrize(
    "name", ["film.mp4", "all.zip", "disk.iso", "book.epub", "old.doc", "notes", "a.pdf.bak", "x."]
)
def test_a_type_without_a_parser_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(UnsupportedTypeError):
        require_readable(name)


@pytest.mark.parametrize("name", ["a.pdf", "B.PDF", "plan.docx", "表格.XLSX", "mail.eml", "log.log", "scan.png"])
def test_a_type_with_a_parser_is_taken(name: str) -> None:
    require_readable(name)
