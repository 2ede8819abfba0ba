from __future__ import annotations

import pytest
from voicehelper.text.other_names.declared import MAX_PAIRS, declared_names, name_rows


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Our recovery point objective (RPO) is one hour.", ("recovery point objective", "RPO")),
        ("Wear personal protective equipment (PPE) in the hall.", ("personal protective equipment", "PPE")),
        ("The RPO (recovery point objective) is one hour.", ("RPO", "recovery point objective")),
        ("RTO: recovery time objective", ("RTO", "recovery time objective")),
        ("• NDA – non-disclosure agreement", ("NDA", "non-disclosure agreement")),
        ("OKR stands for objectives and key results.", ("OKR", "objectives and key results")),
        ("The night shift (also known as the owl team) starts at 22:00.", ("night shift", "owl team")),
        ("The canteen, also called the refectory, opens at noon.", ("canteen", "refectory")),
        ("Northwind Traders Inc. (hereinafter “Northwind”) delivers.", ("Northwind Traders Inc", "Northwind")),
        ('Contoso Limited (the "Supplier") delivers.', ("Contoso Limited", "Supplier")),
        ("Petty cash: see small expenses", ("Petty cash", "small expenses")),
        ("Travel allowance = per diem", ("Travel allowance", "per diem")),
        ("信息技术部（以下简称“信息部”）负责维护。", ("信息技术部", "信息部")),
        ("住房公积金(简称:公积金)每月缴纳。", ("住房公积金", "公积金")),
        ("考勤机，又称打卡机，放在一楼。", ("考勤机", "打卡机")),
        ("调休，也叫补休，须当月使用。", ("调休", "补休")),
        ("关键绩效指标（KPI）每季度评定。", ("关键绩效指标", "KPI")),
        ("企业资源计划（Enterprise Resource Planning，ERP）已上线。", ("企业资源计划", "ERP")),
        ("UPS（不间断电源）在机房。", ("UPS", "不间断电源")),
        ("缩写: SOP | 全称: 标准作业程序 | 部门: 质量部", ("标准作业程序", "SOP")),
        ("Acronym: PO | Meaning: purchase order", ("purchase order", "PO")),
    ],
)
def test_a_name_that_a_document_declares_is_read(text: str, pair: tuple[str, str]) -> None:
    assert pair in declared_names(text)


def test_synonyms_in_a_list_are_those_of_the_heading() -> None:
    pairs = declared_names("Synonyms: lift, hoist", "Handbook - Elevator")

    assert pairs == [("Elevator", "lift"), ("Elevator", "hoist")]


@pytest.mark.parametrize(
    "text",
    [
        "The city (2011) had 3,400 inhabitants (see page 4).",
        "She (Maria) went home (on foot).",
        "Opening hours: 9 to 17",
        "他（小王）在北京（2019年）工作。",
        "Total = 45",
        "Note: see page 12",
    ],
)
def test_what_stands_in_brackets_or_after_a_colon_is_mostly_no_other_name(text: str) -> None:
    assert declared_names(text) == []


def test_a_name_is_found_from_either_side_and_by_the_end_of_a_run_of_chinese() -> None:
    rows = name_rows("本年度统计平均修复时间（MTTR）。")

    assert ("平 均 修 复 时 间", "MTTR") in rows
    assert any(key == "mttr" and other.endswith("平均修复时间") for key, other in rows)


def test_a_text_full_of_names_gives_no_more_than_a_chunk_may_have() -> None:
    letters = [f"{first}{second}" for first in "abcdefgh" for second in "abcdefghijkl"]
    text = "\n".join(f"A{pair.upper()} = name of {pair}" for pair in letters)

    assert len(declared_names(text)) == MAX_PAIRS
