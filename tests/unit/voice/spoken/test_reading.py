"""Text as it is read aloud: no mark, no markup, no address, no figure; and each kind of figure as people say it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.voice.spoken.reading import spoken_form

ENGLISH = {
    "The warranty lasts **24 months** [1][2].": "The warranty lasts twenty-four months.",
    "Pay $1,234.50 by 2025-03-01, at 14:30.": "Pay one thousand two hundred thirty-four dollars and fifty cents by "
    "March first, twenty twenty-five, at fourteen thirty.",
    "3–5 days, 10-20%, 0.8 MPa": "three to five days, ten to twenty percent, zero point eight megapascals.",
    "at -5 °C": "at minus five degrees Celsius.",
    "1 kg or 2 kg": "one kilogram or two kilograms.",
    "Error E-1042, v1.2.3": "Error E one zero four two, version one point two point three.",
    "+1 800-555-0199": "one eight zero zero five five five zero one nine nine.",
    "$3.5 million in 2023": "three point five million dollars in twenty twenty-three.",
    "Order 20250301001": "Order two zero two five zero three zero one zero zero one.",
    "9:05 am and 9:00": "nine oh five a m and nine o'clock.",
    "1/2 and 5/8": "one half and five eighths.",
    "May 5": "May fifth.",
    "The 2nd, No. 7": "The second, number seven.",
    "2019-2023": "twenty nineteen to twenty twenty-three.",
    "see [the guide](http://x.y/z_(1)) at https://a.b/c?d=1": "see the guide at.",
    "write to a.b@c.de": "write to a dot b at c dot de.",
    "007": "zero zero seven.",
    "１２ kg": "twelve kilograms.",
}
CHINESE = {
    "保修期为**24个月**[1]。": "保修期为二十四个月。",
    "空气滤网每 3 个月更换一次【1】": "空气滤网每三个月更换一次。",
    "价格为¥1,234.50": "价格为一千二百三十四点五元。",
    "￥5万元": "五万元。",
    "2025-03-01，14:30": "二零二五年三月一日，十四点三十分。",
    "2025年3月1日": "二零二五年三月一日。",
    "2-3天，10-20%": "两到三天，百分之十到百分之二十。",
    "0.8 MPa，-5℃": "零点八兆帕，负五摄氏度。",
    "2个，2号，第2章": "两个，二号，第二章。",
    "电话400-820-8820": "电话四零零八二零八八二零。",
    "手机13812345678": "手机幺三八幺二三四五六七八。",
    "错误E-1042，版本1.2.3": "错误E 一零四二，版本一点二点三。",
    "3/4，20000元": "四分之三，两万元。",
    "详见https://a.b/c，第12页": "详见，第十二页。",
}


@pytest.mark.parametrize(("written", "said"), ENGLISH.items(), ids=list(ENGLISH))
def test_english_is_said_as_people_say_it(written: str, said: str) -> None:
    assert spoken_form(written, "en") == said


@pytest.mark.parametrize(("written", "said"), CHINESE.items(), ids=list(CHINESE))
def test_chinese_is_said_as_people_say_it(written: str, said: str) -> None:
    assert spoken_form(written, "zh") == said


def test_structure_becomes_sentences() -> None:
    table = "| part | months |\n|---|---|\n| filter | 3 |"
    written = f"# Care\n\n- *clean* it\n- `dry` it\n\n{table}\n\n```\ncode\n```\n<b>End</b>"

    assert spoken_form(written, "en") == "Care.\nclean it.\ndry it.\npart, months.\nfilter, three.\nEnd."


@pytest.mark.parametrize("written", ["", "[1]", "https://a.b/c", "```\nx\n```", "---", "![picture](a.png)", "…"])
def test_nothing_is_left_of_what_cannot_be_said(written: str) -> None:
    assert spoken_form(written, "en") == ""


FIGURES = ("12", "3.5", "%", " kg", "$", "-", "/", ":", ".", ",", "th", "E-7", "年", "元")
PIECES = st.sampled_from([*FIGURES, "[1]", "**", "https://a.b", "中", " ", "\n", "|"])


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(["zh", "en"]))
def test_whatever_is_written_no_figure_sign_or_address_is_left(written: str, language: str) -> None:
    said = spoken_form(written, "zh" if language == "zh" else "en")

    assert not re.search(r"[0-9%$*|]|https?:", said), said


@pytest.mark.parametrize("piece", ["1", "*", "[", "1-", "a/", "<", "12,345", "- ", "1:", "．", "(", "_a"])
def test_the_longest_text_is_rewritten_at_once(piece: str) -> None:
    started = time.thread_time()
    spoken_form(piece * (4000 // len(piece)), "en")
    spoken_form(piece * (4000 // len(piece)), "zh")

    assert time.thread_time() - started < 5
