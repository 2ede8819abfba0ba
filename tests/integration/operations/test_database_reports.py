"""Reports of a real database, one with statistics of its statements aside."""

from __future__ import annotations

import pytest
from voicehelper.operations.database_reports import UnknownReportError, database_report


def test_every_index_is_shown_with_its_use(database_url: str) -> None:
    rows = database_report(database_url, "index-usage")["rows"]

    assert {"table", "index", "scans", "mb", "table_scans", "rows"} == set(rows[0])
    assert [row["scans"] for row in rows] == sorted(row["scans"] for row in rows)
    assert "document" in {row["table"] for row in rows}


def test_a_server_without_statistics_of_statements_says_so(database_url: str) -> None:
    """The local one; Aurora has them."""
    report = database_report(database_url, "slow-statements")

    assert "pg_stat_statements" in report["missing"]


def test_there_are_no_other_reports(database_url: str) -> None:
    with pytest.raises(UnknownReportError):
        database_report(database_url, "DROP TABLE document")
