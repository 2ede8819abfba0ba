"""Tables of files, known as a planner knows them, and a sandbox that holds their rows."""

from __future__ import annotations

import csv
import io

from voicehelper.agents.planning.table_queries.asking import table_queries
from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable
from voicehelper.agents.tools.tables.cells import Value, columns, date
from voicehelper.agents.tools.tables.rows import Table
from voicehelper.agents.tools.tables.sandbox import NamedTable, Sandbox
from voicehelper.messages.language import Language

SHIPMENTS = """shipment id,harbour,goods,weight,fee,crates,shipped on
11,Genoa,Olives,300,45.5,12,2022-03-04
12,Genoa,Tiles,900,80,30,2022-03-19
13,Porto,Olives,150,30,6,2022-04-02
14,Turku,Paper,700,60,25,2023-01-11
15,Porto,Tiles,1200,95,40,2023-01-30
"""
STAFF = """Employee,Team,Salary,Age
Ana Lima,Design,4200,29
Ben Cole,Design,5100,41
Chloe Roy,Support,3300,35
Dev Rao,Support,3500,52
Eva Sun,Legal,6100,38
"""
库存 = """货号,仓库,商品,库存量,单价,入库日期
A01,青岛,轴承,40,12.5,2022-05-06
A02,青岛,齿轮,15,33,2022-06-01
A03,厦门,皮带,90,8,2022-06-21
A04,厦门,轴承,60,12,2023-02-14
A05,成都,链条,25,27.5,2023-03-03
"""
支出 = """部门,项目,支出（万元）,人数
研发部,样机,120,8
研发部,测试,45.5,5
市场部,展会,60,3
市场部,广告,88,4
合计,,313.5,20
"""


class Known:
    """One file's only table."""

    def __init__(self, filename: str, text: str) -> None:
        table = Table("t")
        for row in csv.DictReader(io.StringIO(text)):
            table.add({name: value for name, value in row.items() if value})
        found = columns(table)
        self.table = KnownTable("doc-1", filename, "t1", [_known(c.name, c.kind, c.values) for c in found])
        self._columns = [NamedTable("t1", "t", found)]

    def ask(self, question: str, language: Language = "en") -> list[list[Value]] | None:
        """The rows of the planned query; None where none is planned."""
        queries = table_queries(question, [self.table], language)
        if not queries:
            return None
        with Sandbox(self._columns) as sandbox:
            return sandbox.select(queries[0].sql).rows


def _known(name: str, kind: str, values: list[Value]) -> KnownColumn:
    texts = [value for value in values if isinstance(value, str)]
    is_date = kind == "TEXT" and all(date(text) for text in texts)
    is_unique = None not in values and len(set(values)) == len(values)
    return KnownColumn(name, "REAL" if kind == "REAL" else "TEXT", tuple(dict.fromkeys(texts)), is_date, is_unique)
