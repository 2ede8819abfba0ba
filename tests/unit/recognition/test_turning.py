"""Which way up a page is, by what a reader finds in it."""

from __future__ import annotations

import pytest
from PIL import Image
from voicehelper.recognition.engine import Reading
from voicehelper.recognition.turning import confidence, read_upright

from tests.unit.recognition.readings import reading

MARK = (255, 0, 0)


def page(turned: int) -> Image.Image:
    """Its mark is in the upper left corner; then it is turned counterclockwise."""
    picture = Image.new("RGB", (300, 400), "white")
    picture.putpixel((0, 0), MARK)
    return picture.rotate(turned, expand=True)


class Reader:
    """As the engine does: tall lines are turned left before they are read, and upside down it is not sure."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, picture: Image.Image) -> list[Reading]:
        self.calls += 1
        corners = {(0, 0): 0, (0, -1): 90, (-1, -1): 180, (-1, 0): 270}
        turned = next(
            degrees
            for (x, y), degrees in corners.items()
            if picture.getpixel((x % picture.width, y % picture.height)) == MARK
        )
        sure = 0.98 if turned in (0, 270) else 0.6
        size = {"width": 200, "height": 20} if turned in (0, 180) else {"width": 20, "height": 200}
        return [reading("a line", 40, 50, sure=sure, **size)]


@pytest.mark.parametrize(("turned", "calls"), [(0, 1), (90, 2), (180, 3), (270, 2)])
def test_a_page_is_turned_upright(turned: int, calls: int) -> None:
    reader = Reader()

    upright = read_upright(page(turned), reader)

    assert (upright.rotation, reader.calls) == (turned, calls)
    assert upright.page.getpixel((0, 0)) == MARK
    assert upright.page.size == (300, 400)


def test_a_bad_page_that_is_worse_upside_down_stays_as_it_is() -> None:
    readings = iter([[reading("blurred", 9, 9, sure=0.7)], [reading("p3rru1q", 9, 9, sure=0.5)]])

    assert read_upright(page(0), lambda _: next(readings)).rotation == 0


def test_an_empty_page_is_read_once() -> None:
    empty = iter([list[Reading]()])

    assert read_upright(page(0), lambda _: next(empty)).readings == []


def test_confidence_weighs_lines_by_their_length() -> None:
    lines = [reading("x" * 30, 0, 0, sure=1.0), reading("y" * 10, 0, 0, sure=0.2)]

    assert confidence(lines) == pytest.approx(0.8)
    assert confidence([]) == 0.0
