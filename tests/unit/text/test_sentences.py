from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from voicehelper.text.sentences import MAX_CHARS, sentences


def test_chinese_sentences_end_at_their_stops_and_keep_closing_quotes() -> None:
    assert sentences("然后走了！真的？他说：“好。”") == ["然后走了！", "真的？", "他说：“好。”"]


def test_abbreviations_decimals_and_initials_do_not_end_a_sentence() -> None:
    text = "Dr. Smith paid 3.5 dollars, e.g. for No. 7. J. K. Rowling did not."

    assert sentences(text) == ["Dr. Smith paid 3.5 dollars, e.g. for No. 7.", "J. K. Rowling did not."]


def test_a_table_row_stays_whole() -> None:
    row = "型号: X2 Pro | 电池: 5200 mAh。 | 价格: 499 元"

    assert sentences(f"{row}\n型号: X2 | 电池: 3000 mAh") == [row, "型号: X2 | 电池: 3000 mAh"]


def test_list_items_are_sentences_of_their_own() -> None:
    assert sentences("1. 打开盖子\n2. 取出电池\n- 关机") == ["1. 打开盖子", "2. 取出电池", "- 关机"]


def test_a_sentence_broken_over_lines_is_joined() -> None:
    assert sentences("The battery of the device lasts for about\ntwelve hours.") == [
        "The battery of the device lasts for about twelve hours."
    ]


@given(st.text(alphabet="ab 。.!?，,\n甲乙1|", max_size=900))
def test_no_letter_or_digit_is_lost(text: str) -> None:
    kept = "".join(character for character in "".join(sentences(text)) if character.isalnum())

    assert kept == "".join(character for character in text if character.isalnum())


@given(st.text(alphabet="甲乙，", min_size=1, max_size=1500))
def test_long_sentences_are_cut_at_commas(text: str) -> None:
    longest = max((len(clause) for clause in text.split("，")), default=0)

    assert all(len(sentence) <= max(MAX_CHARS, longest + 1) for sentence in sentences(text))
