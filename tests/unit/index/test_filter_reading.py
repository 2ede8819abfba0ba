"""What filters mean; that PostgreSQL agrees is in ``tests/integration/index/test_filters.py``."""

from __future__ import annotations

from typing import Any

import pytest
from voicehelper.index.filter_reading import as_date, passes
from voicehelper.index.filters import parse_filter

METADATA = {
    "year": 2023, "price": 9.5, "title": "Sick leave 病假", "tags": ["hr", "b", {"k": 1, "l": 2}], "draft": False,
    "owner": {"team": "People", "lead": {"name": "Wang"}}, "signed": "2024-02-29", "seen": "2024-03-01T23:30:00-05:00",
    "a.b": "literal", "a": {"b": "path"}, "nothing": None, "odd": "2023-02-30", "size": "large", "version": "2.10",
}  # fmt: skip
DOCUMENT = {"filename": "leave.pdf", "type": "pdf", "size_bytes": 4096, "created_at": "2026-01-31T10:00:00.5Z"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"year": {"eq": 2023.0}}, True),
        ({"year": {"eq": "2023"}}, False),
        ({"year": {"gt": 2022.5, "lte": 2023}}, True),
        ({"price": {"lt": 10}}, True),
        ({"size": {"gt": 1}}, False),  # a text is in no order with a number
        ({"draft": {"eq": 0}}, False),
        ({"draft": {"eq": False}}, True),
        ({"version": {"lt": "2.9"}}, True),  # by characters
        ({"owner.team": {"eq": "People"}}, True),
        ({"owner.lead.name": {"in": ["Li", "Wang"]}}, True),
        ({"owner.team.x": {"exists": True}}, False),
        ({"a.b": {"eq": "literal"}}, True),
        ({"metadata.a.b": "literal"}, True),
        ({"tags": {"contains": "hr"}}, True),
        ({"tags": {"contains": ["b", "hr"]}}, True),
        ({"tags": {"contains": {"k": 1}}}, True),
        ({"tags": {"contains": "h"}}, False),
        ({"title": {"contains": "病假"}}, True),
        ({"title": {"contains": "sick"}}, False),
        ({"title": {"contains": ["Sick"]}}, False),
        ({"owner": {"contains": {"lead": {}}}}, True),
        ({"year": {"contains": 2}}, False),
        ({"gone": {"ne": 1}}, True),
        ({"gone": {"eq": None}}, False),
        ({"gone": {"in": [None]}}, False),
        ({"gone": {"lt": 1}}, False),
        ({"gone": {"exists": False}}, True),
        ({"nothing": {"exists": True}}, True),
        ({"nothing": {"eq": None}}, True),
        ({"nothing": {"ne": None}}, False),
        ({"not": {"gone": {"eq": 1}}}, True),
        ({"not": {"gone": {"ne": 1}}}, False),
        ({"signed": {"eq": "2024-02-29"}}, True),
        ({"signed": {"gte": "2024-02-28T23:59:59Z", "lt": "2024-02-29T00:00:01Z"}}, True),
        ({"signed": {"lt": "2024-03"}}, True),  # no date: a text
        ({"seen": {"eq": "2024-03-02"}}, True),  # in UTC
        ({"seen": {"eq": "2024-03-02T12:30:00+08:00"}}, True),
        ({"seen": {"in": ["2024-03-01", "2024-03-02"]}}, True),
        ({"seen": {"ne": "2024-03-02"}}, False),
        ({"odd": {"lt": "2024-01-01"}}, False),  # there was no such day
        ({"odd": {"lt": "later"}}, True),
        ({"size": {"gte": "2024-01-01"}}, False),
        ({"document.type": "pdf", "document.size_bytes": {"gte": 4096}}, True),
        ({"document.created_at": {"lte": "2026-01-31"}}, True),
        ({"document.created_at": {"lt": "2026-01-31"}}, False),
        ({"document.filename": {"contains": "leave"}}, True),
        ({"document.pages": {"exists": False}}, True),
        ({"or": [{"year": 1}, {"and": [{"draft": False}, {"not": {"year": {"lt": 2000}}}]}]}, True),
        ({"year": 2023, "draft": True}, False),
        ({"year": 2023, "price": {"gt": 9}}, True),
        ({"year": True}, False),
    ],
)  # fmt: skip
def test_a_document_passes_what_is_true_of_it(raw: dict[str, Any], *, expected: bool) -> None:
    assert passes(parse_filter(raw), METADATA, DOCUMENT) is expected


@pytest.mark.parametrize(
    "text",
    [
        "", "2024", "2024-1-1", "20240101", "2024-13-01", "2024-00-10", "2023-02-29", "0999-01-01", "２０２４-01-01",
        "2024-01-01T24:00", "2024-01-01T10", "2024-01-01T10:61", "2024-01-01t10:00z", "2024-01-01T10:00:00+15:00",
        "2024-01-01 ", "2024-01-01\n", "2024-01-01T10:00:00.1234567", "2024年1月1日", 2024, None, ["2024-01-01"],
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: Any) -> None:
    assert as_date(text) is None
