"""SQL of strangers over tables in memory: what it answers, and that it reaches nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voicehelper.agents.tools.protocol import ToolError
from voicehelper.agents.tools.tables.cells import Column
from voicehelper.agents.tools.tables.sandbox import MAX_ROWS, NamedTable, Sandbox

PIECES = Column("Pieces", "REAL", [40.0, 25.0, None, 10.0])
STOCK = NamedTable("t1", "库存 2031", [Column("品名", "TEXT", ["螺栓", "螺母", "销", "垫圈"]), PIECES])
PLACES = NamedTable("t2", "Places", [Column("name", "TEXT", ["螺栓"]), Column("place", "TEXT", ["North"])])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox([STOCK, PLACES], within_s=0.5) as opened:
        yield opened


def failure(sandbox: Sandbox, sql: str) -> str:
    with pytest.raises(ToolError) as caught:
        sandbox.select(sql)
    return caught.value.reason


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ('SELECT 品名, "Pieces" FROM t1 WHERE pieces > 20 ORDER BY pieces', [["螺母", 25.0], ["螺栓", 40.0]]),
        ('SELECT sum(Pieces), avg(Pieces), count(*) FROM "库存 2031"', [[75.0, 25.0, 4.0]]),
        ("SELECT sum(Pieces) / 2, 10 / 4 FROM places, t1", [[37.5, 2.0]]),
        ("SELECT median(Pieces), percentile(Pieces, 50), percentile(Pieces, 0.9) FROM t1", [[25.0, 25.0, 37.0]]),
        ("SELECT round(stddev(Pieces), 3), median(品名) FROM t1", [[15.0, None]]),
        ("SELECT place FROM t1 JOIN t2 ON t2.name = t1.品名", [["North"]]),
        ("WITH big AS (SELECT * FROM t1 WHERE Pieces > 20) SELECT count(*) FROM big;", [[2.0]]),
        ("SELECT 品名 FROM t1 WHERE 品名 LIKE '螺%' UNION SELECT upper('x') ORDER BY 1", [["X"], ["螺栓"], ["螺母"]]),
        ("-- a note\nSELECT max(Pieces) FROM T1", [[40.0]]),
        ("SELECT rank() OVER (ORDER BY Pieces DESC) FROM t1 WHERE Pieces NOTNULL LIMIT 1", [[1.0]]),
        ("SELECT strftime('%Y', '2031-04-05'), x'414243'", [["2031", "ABC"]]),
    ],
)
def test_a_select_is_answered(sandbox: Sandbox, sql: str, rows: list[list[object]]) -> None:
    assert sorted(map(str, sandbox.select(sql).rows)) == sorted(map(str, rows))


@pytest.mark.parametrize(
    "sql",
    [
        *("DROP TABLE t1", "DELETE FROM t1", "UPDATE t1 SET Pieces = 0", "INSERT INTO t1 VALUES ('a', 1)"),
        *("CREATE TABLE x (a)", "CREATE TEMP TABLE x AS SELECT 1", "ALTER TABLE t1 RENAME TO x", "REINDEX", "ANALYZE"),
        *("ATTACH '/etc/passwd' AS p", "ATTACH ':memory:' AS m", "DETACH main", "VACUUM INTO '/tmp/copy.db'"),
        *("PRAGMA table_info(t1)", "PRAGMA hard_heap_limit = 0", "SELECT * FROM pragma_database_list"),
        *("BEGIN", "COMMIT", "SAVEPOINT a", "SELECT load_extension('x')", "SELECT zeroblob(1000000000)"),
        *("SELECT printf('%.*c', 900000000, 'x')", "SELECT format('%s', 1)", "SELECT hex(randomblob(9))"),
        *(
            "SELECT readfile('/etc/passwd')",
            "SELECT fts3_tokenizer('x')",
            "SELECT 1; SELECT 2",
            "SELECT 1; DROP TABLE t1",
        ),
        *("CREATE VIRTUAL TABLE v USING fts5(a)", "SELECT writefile('a', 'b')", "SELECT edit('x')"),
        *("WITH x AS (SELECT 1) DELETE FROM t1", "CREATE TRIGGER g AFTER INSERT ON t1 BEGIN SELECT 1; END", "", ";"),
    ],
)
def test_whatever_is_no_single_select_is_refused_and_changes_nothing(sandbox: Sandbox, sql: str) -> None:
    assert failure(sandbox, sql) in ("TABLE_SQL_REFUSED", "TABLE_SQL_INVALID", "TABLE_SQL_TOO_LARGE")
    assert sandbox.select("SELECT sum(Pieces), count(*) FROM t1").rows == [[75.0, 4.0]]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x + 1 FROM c) SELECT max(x) FROM c",
        "SELECT count(*) FROM " + ", ".join(f"t1 AS a{number}" for number in range(20)),
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c ORDER BY x DESC",
    ],
)
def test_a_query_without_end_is_stopped(sandbox: Sandbox, sql: str) -> None:
    start = time.monotonic()

    assert failure(sandbox, sql) in ("TABLE_SQL_TOO_SLOW", "TABLE_SQL_TOO_LARGE")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT replace(hex(zeroblob(9)), '0', hex(zeroblob(9)))",
        "WITH RECURSIVE c(x) AS (SELECT 'ab' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
        "SELECT group_concat(replace('" + "a" * 500 + "', 'a', '" + "b" * 1000 + "')) FROM t1, t1 AS b, t1 AS c",
    ],
)
def test_large_values_are_refused(sandbox: Sandbox, sql: str) -> None:
    assert failure(sandbox, sql) in ("TABLE_SQL_TOO_LARGE", "TABLE_SQL_REFUSED")


def test_a_mistake_names_the_problem(sandbox: Sandbox) -> None:
    with pytest.raises(ToolError) as caught:
        sandbox.select("SELECT price FROM t1")

    assert (caught.value.reason, caught.value.details) == ("TABLE_SQL_INVALID", {"problem": "no such column: price"})


def test_rows_are_bounded(sandbox: Sandbox) -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT {}) SELECT x FROM c"

    assert (len(sandbox.select(sql.format(MAX_ROWS)).rows), sandbox.select(sql.format(MAX_ROWS)).is_cut) == (200, False)
    assert (len(sandbox.select(sql.format(5000)).rows), sandbox.select(sql.format(5000)).is_cut) == (200, True)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_answered_or_refused(sql: str) -> None:
    with Sandbox([STOCK], within_s=0.5) as sandbox:
        try:
            sandbox.select(sql)
        except ToolError as error:
            reason = error.reason
        else:
            reason = "TABLE_"

    assert reason.startswith("TABLE_")


def test_no_file_is_made(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))

    sandbox.select(
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 9999) SELECT x FROM c ORDER BY -x"
    )

    assert list(tmp_path.iterdir()) == []
