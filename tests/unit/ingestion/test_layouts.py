from __future__ import annotations

from voicehelper.ingestion.layouts import batches, first_of_batch, layout_of_page, page_layout

BOXES = [(0.1, 0.2, 0.3, 0.25), (0.31, 0.2, 0.5, 0.25), (0.1, 0.3, 0.9, 0.35)]


def test_what_is_packed_is_read_again_page_by_page() -> None:
    pages = [page_layout(number, 90 * (number % 4), ["甲", "😀", f"{number}"], BOXES) for number in (1, 2, 40)]

    packed = dict(batches(pages))

    assert sorted(packed) == [1, 33]
    assert [layout_of_page(packed[first_of_batch(page.number)], page.number) for page in pages] == pages
    assert layout_of_page(packed[1], 3) is None
    assert pages[0].boxes[1] == BOXES[1]


def test_a_page_without_words_keeps_its_turn() -> None:
    page = page_layout(7, 270, [], [])

    (batch,) = dict(batches([page])).values()
    kept = layout_of_page(batch, 7)

    assert kept
    assert (kept.turn, kept.boxes) == (270, [])


def test_what_is_drawn_beyond_the_page_ends_at_its_edge() -> None:
    page = page_layout(1, 0, ["half a\ud800 pair\nand a break"], [(-3.0, 0.5, 1e9, 0.6)])

    (batch,) = dict(batches([page])).values()
    kept = layout_of_page(batch, 1)

    assert kept
    assert page.boxes == kept.boxes == [(0.0, 0.5, 1.0, 0.6)]
    assert kept.words == ("half a? pair and a break",)
