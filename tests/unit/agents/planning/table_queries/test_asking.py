"""Questions over tables: the planned query gives the rows that a person would count, or none is planned."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.agents.planning.table_queries.asking import table_queries
from voicehelper.agents.planning.table_queries.known import KnownColumn, KnownTable

from tests.unit.agents.planning.table_queries.tables import SHIPMENTS, STAFF, Known, 库存, 支出

FILES = {
    "shipments": Known("shipments.csv", SHIPMENTS),
    "staff": Known("staff.xlsx", STAFF),
    "stock": Known("库存.csv", 库存),
    "spending": Known("支出.xlsx", 支出),
}


@pytest.mark.parametrize(
    ("file", "question", "rows"),
    [
        ("shipments", "What is the total fee per harbour?", [["Genoa", 125.5, 2], ["Porto", 125, 2], ["Turku", 60, 1]]),
        ("shipments", "Which goods have the highest weight?", [["Tiles", 1200]]),
        ("shipments", "How many shipments weigh more than 500?", [[3]]),
        ("shipments", "Average fee for Tiles", [[87.5, 2]]),
        ("shipments", "Sum of crates in Porto", [[46, 2]]),
        ("shipments", "What is the total number of crates?", [[113, 5]]),
        ("shipments", "How many shipments were there in March 2022?", [[2]]),
        ("shipments", "Which harbour has the most shipments?", [["Porto", 2]]),
        ("shipments", "List shipments with a fee under 50", [[45.5, 11], [30, 13]]),
        ("shipments", "How many different goods are there?", [[3]]),
        ("shipments", "What's the fee of shipment 13?", [[13, 30]]),
        ("shipments", "total crates by year", [["2022", 48, 3], ["2023", 65, 2]]),
        ("shipments", "What is the median weight?", [[700, 5]]),
        ("shipments", "Which harbour has the largest average fee?", [["Genoa", 62.75, 2]]),
        ("shipments", "各港口的费用合计", [["Genoa", 125.5, 2], ["Porto", 125, 2], ["Turku", 60, 1]]),
        ("staff", "Average salary per team", [["Legal", 6100, 1], ["Design", 4650, 2], ["Support", 3400, 2]]),
        ("staff", "Who is paid the most?", [["Eva Sun", "Legal", 6100, 38]]),
        ("staff", "How many people are in Support?", [[2]]),
        ("staff", "How many employees are older than 36?", [[3]]),
        ("staff", "What is the salary of Ben Cole?", [["Ben Cole", 5100]]),
        ("staff", "What is Eva Sun's age?", [["Eva Sun", 38]]),
        ("staff", "Which team has the highest total salary?", [["Design", 9300, 2]]),
        ("staff", "各团队的平均工资", [["Legal", 6100, 1], ["Design", 4650, 2], ["Support", 3400, 2]]),
        ("stock", "各仓库的库存量合计是多少？", [["厦门", 150, 2], ["青岛", 55, 2], ["成都", 25, 1]]),
        ("stock", "单价最高的商品是什么？", [["齿轮", 33]]),
        ("stock", "库存量低于30的商品有哪些", [[15, "齿轮"], [25, "链条"]]),
        ("stock", "一共有几种商品", [[4]]),
        ("stock", "厦门的库存量总和", [[150, 2]]),
        ("stock", "平均单价", [[18.6, 5]]),
        ("stock", "2022年的库存量合计", [[145, 3]]),
        ("stock", "库存量最多的前2个仓库", [["厦门", 150, 2], ["青岛", 55, 2]]),
        ("stock", "单价不低于12.5的商品有多少个", [[3]]),
        ("stock", "轴承的单价是多少", [["轴承", 12.5], ["轴承", 12]]),
        ("stock", "What is the total stock by warehouse?", [["厦门", 150, 2], ["青岛", 55, 2], ["成都", 25, 1]]),
        ("spending", "市场部有几个项目", [[2]]),
    ],
)
def test_a_question_is_answered_by_the_rows(file: str, question: str, rows: list[list[Any]]) -> None:
    is_chinese = any(character > "\u4e00" for character in question)

    assert FILES[file].ask(question, "zh" if is_chinese else "en") == rows


@pytest.mark.parametrize(
    ("file", "question"),
    [
        ("shipments", "How did the fee develop over time?"),
        ("shipments", "How many shipments were not to Porto?"),
        ("shipments", "How many refunds are over 50?"),
        ("shipments", "What share of the fee comes from Genoa?"),
        ("shipments", "total fee between 2022 and 2023"),
        ("shipments", "fee above -5"),
        ("shipments", "What is the sum of weight per ship?"),
        ("shipments", "Who wrote the travel policy?"),
        ("staff", "What is the total age?"),
        ("stock", "皮带占总库存的比例"),
        ("stock", "单价同比上涨了多少"),
        ("stock", "除青岛外的库存量合计"),
    ],
)
def test_what_a_query_would_leave_out_is_not_queried(file: str, question: str) -> None:
    """A word that no part of the query stands for would change what is asked."""
    assert FILES[file].ask(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le prix du produit V-20 ?", "Was kostet V-20?", "Wie hoch ist der Preis von V-20?",
        "¿Cuál es el precio de V-20?", "¿Cuánto cuesta V-20?", "Qual é o preço do produto V-20?", "V-20 的价格是多少？",
        "Quel est le prix de la Vanne ?", "How much is V-20's price?",
    ],
)  # fmt: skip
def test_a_row_is_looked_up_by_its_code_or_name_in_any_of_these_languages(question: str) -> None:
    parts = Known("parts.csv", "code,product,price\nV-10,Filtre,12.5\nV-20,Vanne,33\nP-20,Pompe,80\n")

    [row] = parts.ask(question) or [[]]

    assert row[-1] == 33


def test_what_the_table_does_not_hold_is_not_looked_up_in_any_language() -> None:
    parts = Known("parts.csv", "code,product,price\nV-10,Filtre,12.5\nV-20,Vanne,33\n")

    for question in ("Quelle est la garantie du V-20 ?", "Quel est le prix du V-99 ?", "Was wiegt V-20?"):
        assert parts.ask(question) is None


@pytest.mark.parametrize(
    ("question", "rows"),
    [("总支出是多少", [[313.5, 4]]), ("支出最高的项目是什么", [["样机", 120, 1]]), ("研发部的人数合计", [[13, 2]])],
)
def test_a_row_that_is_a_sum_of_others_does_not_count(question: str, rows: list[list[Any]]) -> None:
    assert FILES["spending"].ask(question, "zh") == rows


def test_a_number_in_another_unit_than_its_column_is_not_compared() -> None:
    assert FILES["spending"].ask("支出超过80的项目有哪些", "zh") == [[120, "样机"], [88, "广告"]]
    assert FILES["spending"].ask("支出超过80万元的项目有哪些", "zh") is None


def test_names_and_texts_of_a_file_stay_texts() -> None:
    hostile = "Robert\"; DROP TABLE t1; --,O'Neil{1}\n"
    known = Known("x.csv", f'"na""me",amount\n{hostile.split(",")[1].strip()},5\nother,7\n')

    assert known.ask("What is the amount of O'Neil{1}?") in (None, [["O'Neil{1}", 5]])
    assert known.ask("total amount") == [[12, 2]]


def test_texts_among_numbers_count_for_nothing() -> None:
    rows = "".join(f"p{number},{number}\n" for number in range(1, 21))
    known = Known("prices.csv", f"product,price\n{rows}last,on request\n")

    assert known.ask("What is the highest price?") == [[20, 20]]
    assert known.ask("What is the average price?") == [[10.5, 20]]


def test_tables_of_one_shape_are_all_asked_unless_one_is_named() -> None:
    columns = [KnownColumn("amount", "REAL")]
    tables = [KnownTable(f"doc-{n}", f"sales {n}.csv", "t1", columns) for n in (2031, 2032)]

    both = table_queries("What is the total amount?", tables, "en")

    assert [query.document for query in both] == ["doc-2031", "doc-2032"]
    assert table_queries("What is the total amount?", tables * 4, "en") == []


@given(st.text(alphabet="total amount by over 500 \"'%;{}的合计按地区前三20 22", max_size=80))
def test_any_text_is_planned_or_left(text: str) -> None:
    FILES["shipments"].ask(text)
    FILES["stock"].ask(text, "zh")
