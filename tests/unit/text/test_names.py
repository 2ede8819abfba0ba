"""Names of a passage by rules, in Chinese and English."""

from __future__ import annotations

import pytest
from voicehelper.text.names import explained_names, title_names


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Quarterly Cooling Review.docx", "Quarterly Cooling Review"),
        ("差旅管理办法.pdf", "差旅管理办法"),
        ("3.2 Backup policy", "Backup policy"),
        ("第三章 备份策略", "备份策略"),
        ("四、备份策略", "备份策略"),
        ("附件2 备份清单", "备份清单"),
        ("Appendix B: Spare parts", "Spare parts"),
        ("《数据保护规程》", "数据保护规程"),
        ("Northwind (ship)", "Northwind"),
        ("Emergency Response Board (ERB)", "ERB"),
        ("应急指挥委员会（ERB）", "应急指挥委员会"),
        ("Harbour Bridge: A History", "Harbour Bridge"),
        ("Hull, Yorkshire", "Hull, Yorkshire"),
        ("中华人民共和国港口法", "港口法"),
        ("蓝鲸平台——运维手册", "蓝鲸平台"),
    ],
)
def test_a_title_has_the_names_that_people_use(title: str, expected: str) -> None:
    assert expected in title_names(title)


def test_a_remark_in_brackets_is_no_name() -> None:
    assert "ship" not in title_names("Northwind (ship)")
    assert title_names("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marta Olsen leads the turbine group. She lives in Bergen.", "Marta Olsen"),
        ("It rained.\nThe Delta Pumping Station (opened 1987) was built by Corvex.", "Delta Pumping Station"),
        ("A surge arrester is a device that limits voltage.", "surge arrester"),
        ("Mean time between failures (MTBF) counts hours.", "MTBF"),
        ('"Service Window" means the hours from 1 to 4.', "Service Window"),
        ("The vessel, also known as Grey Lady, sank in 1911.", "Grey Lady"),
        ("Name: Priya Raman\nOffice: Pune", "Priya Raman"),
        ("周岚的办公室在三楼。", "周岚"),
        ("今天下雨。启明小组由周岚负责。", "启明小组"),
        ("浪涌保护器是指限制电压的装置。", "浪涌保护器"),
        ("本公司设应急指挥委员会（以下简称“应急委”）。", "应急委"),
        ("姓名：周岚\n部门：启明小组", "周岚"),
        ("- 鲸歌水泵位于二号厂房", "鲸歌水泵"),
        ("鯨歌水泵位於二號廠房。鯨歌水泵由周嵐負責。", "鯨歌水泵"),
        ("Pump | Location\nWhale-7 | Hall 2", "Whale-7"),
    ],
)
def test_a_text_explains_names(text: str, expected: str) -> None:
    assert expected in explained_names(text)


def test_a_name_is_listed_once_and_long_sentences_are_none() -> None:
    names = explained_names("Ada Byron wrote. Ada Byron died.\n" + "x" * 300)

    assert names.count("Ada Byron") == 1
    assert max(map(len, names)) <= 80


def test_numbers_in_first_cells_are_no_names() -> None:
    assert explained_names("12 | 3\n3.5 % | x") == []
