"""The built-in recogniser with its real models, on small drawn pictures."""

from __future__ import annotations

import pytest
from PIL import Image
from voicehelper.recognition import models
from voicehelper.recognition.builtin import BuiltinRecognizer
from voicehelper.recognition.factory import recognizer

from tests.support.drawn.pages import draw_page, encoded, error_rate, noisy, skewed
from tests.support.drawn.tables import Sheet, draw_table

pytestmark = pytest.mark.skipif(not models.is_installed(), reason="the engine has no wheel for this Python")
LINES = ["净水器 T1 的滤芯每 6 个月更换一次", "The warranty covers 24 months", "型号 CF-2040，2024-03-05"]


@pytest.fixture(scope="module")
def builtin() -> BuiltinRecognizer:
    return recognizer()


def read(builtin: BuiltinRecognizer, picture: Image.Image, *, tables: bool = False) -> tuple[str, float, int]:
    page = builtin.recognise(encoded(picture), language="zh-CN", tables=tables)
    return page.text, page.confidence, page.rotation


@pytest.mark.parametrize("turned", [90, 180])
def test_chinese_and_english_are_read_whichever_way_the_page_lies(builtin: BuiltinRecognizer, turned: int) -> None:
    text, confidence, rotation = read(builtin, draw_page(LINES, dpi=90).rotate(turned, expand=True))

    assert error_rate("".join(LINES), text) <= 0.02
    assert (confidence > 0.95, rotation) == (True, turned)


def test_a_noisy_skewed_scan_is_read(builtin: BuiltinRecognizer) -> None:
    text, confidence, _ = read(builtin, noisy(skewed(draw_page(LINES, dpi=130), 2.5), strength=15))

    assert error_rate("".join(LINES), text) <= 0.05
    assert 0.8 < confidence < 1


def test_a_small_table_comes_back_with_boxes_of_its_words(builtin: BuiltinRecognizer) -> None:
    sheet = Sheet([["项目", "数量"], ["毛巾", "120"], ["Towel", "8"]], [170, 150])

    page = builtin.recognise(encoded(draw_table(sheet)), language="zh-CN", tables=True)

    assert [table.rows for table in page.tables] == [sheet.expected]
    words = {word.text: word.box for line in page.lines for word in line.words}
    assert 0.2 < words["Towel"].x0 < words["Towel"].x1 < 0.6
    assert words["Towel"].y0 > words["120"].y0


def test_an_empty_page_has_no_text_and_is_no_error(builtin: BuiltinRecognizer) -> None:
    assert read(builtin, Image.new("L", (200, 200), 255), tables=True) == ("", 0.0, 0)
