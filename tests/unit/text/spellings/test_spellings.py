"""The same thing in several spellings has one term in common; another thing has not."""

from __future__ import annotations

import pytest
from voicehelper.text.question_terms import question_terms
from voicehelper.text.tokenization import terms

from tests.unit.answering.passages import flat_idf

SAME = (
    ("2022-07-09", "9 July 2022", "July 9th, 2022", "9.7.2022", "09.07.2022", "2022/7/9", "2022年7月9日", "20220709"),
    ("二〇二二年七月九日", "2022年7月9日", "9 juillet 2022", "9. Juli 2022", "9 de julio de 2022"),
    ("June 2021", "2021-06", "2021年6月"),
    ("4:15 pm", "16:15", "16.15 Uhr", "下午4点15分", "下午四点十五"),
    ("8 am", "08:00", "上午八点", "8:00"),
    ("3,700,000", "3700000", "3.700.000", "3 700 000", "370万", "3.7 million"),
    ("12,5", "12.5", "12.50"),
    ("65 kg", "65kg", "65 kilograms", "65公斤", "65 千克"),
    ("18 %", "18%", "18 percent", "百分之十八"),
    ("€ 25", "25 €", "25 euros", "EUR25".lower().replace("eur25", "25 EUR"), "25欧元"),
    ("MX-310", "MX310", "mx 310", "MX/310", "MX_310"),
    ("CF-259A", "CF259A"),
    ("v4.11.2", "4.11.2", "version 4.11.2", "V4.11.2"),
    ("+43 1 5550199", "01/5550199", "(01) 555 01 99", "0043 1 5550199"),
    ("clause 7", "§ 7", "section 7", "第七条", "第7款"),
    ("twelve", "12"),
)
DIFFERENT = (
    ("2022-07-09", "2022-07-08"),
    ("9 July 2022", "9 July 2021"),
    ("4:15 pm", "4:15 am"),
    ("3,700,000", "370,000"),
    ("65 kg", "65 g"),
    ("MX-310", "MX-3100"),
    ("MX-310", "MX-31"),
    ("MX-310", "MX-310-2024"),
    ("v4.11.2", "v4.11.3"),
    ("clause 7", "clause 17"),
    ("+43 1 5550199", "+43 1 5550198"),
)


def asked(question: str) -> frozenset[str]:
    return frozenset(question_terms(question, flat_idf).weights)


@pytest.mark.parametrize("group", SAME, ids=lambda group: group[0])
def test_every_spelling_is_found_by_every_other(group: tuple[str, ...]) -> None:
    for written in group:
        for question in group:
            found = question_terms(question, flat_idf).coverage(terms(f"see {written}, please"))
            assert found >= 0.5, (question, written, asked(question), terms(written))


@pytest.mark.parametrize("pair", DIFFERENT, ids=lambda pair: pair[0])
def test_another_thing_is_not_found(pair: tuple[str, str]) -> None:
    question, written = pair
    assert question_terms(question, flat_idf).coverage(terms(f"see {written}, please")) <= 0.5


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("4. Insurance\nfor all", "§4"),
        ("2.3 The rent", "§2.3"),
        ("四、保险", "§4"),
        ("（十二）附则", "§12"),
    ],
)
def test_a_number_that_opens_a_line_names_its_clause(text: str, term: str) -> None:
    assert term in terms(text)


@pytest.mark.parametrize(
    "text", ["24-hour service", "3-5 days", "24/7", "in 220 rooms", "no 5 is", "2024-99-99", "一般"]
)
def test_what_only_looks_like_a_code_keeps_its_words(text: str) -> None:
    assert all(term in terms(text) for term in terms(text.replace("-", " ").replace("/", " ")) if term.isdecimal())


def test_a_month_and_day_is_found_in_any_year() -> None:
    assert "--12-24" in asked("24 December")
    assert "--12-24" in terms("on 2023-12-24")


def test_an_ambiguous_date_is_found_either_way() -> None:
    for written in ("2024-05-03", "2024-03-05"):
        assert question_terms("03/05/2024", flat_idf).coverage(terms(written)) == 1.0


def test_spellings_do_not_repeat_the_words_of_a_text() -> None:
    assert terms("mx310").count("mx310") == 1
    assert terms("1994").count("1994") == 1


@pytest.mark.parametrize("code", ["PAT-3847", "PAT3847", "MEDRPT-2024"])
def test_a_code_is_found_in_one_that_is_made_of_several(code: str) -> None:
    assert question_terms(code, flat_idf).coverage(terms("MEDRPT-2024-PAT-3847")) == 1
    assert question_terms("MEDRPT-2024-PAT-3847", flat_idf).coverage(terms(code)) < 1
