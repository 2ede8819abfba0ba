from __future__ import annotations

import pytest
from voicehelper.ingestion.parsers.office.numerals import numeral

from tests.unit.ingestion.parsers.office.word import level, lines, numbering, paragraph, read_word, text

LEGAL = level(0, "%1.", "upperRoman") + level(1, "%1.%2", more="<w:isLgl/>") + level(2, "(%3)", "lowerLetter")


def listed(
    body: str, definitions: dict[str, str], instances: dict[str, tuple[str, str]], styles: str = ""
) -> list[str]:
    parts = {"numbering": ("numbering", numbering(definitions, instances))}
    if styles:
        parts["styles"] = ("styles", f"<w:styles>{styles}</w:styles>")
    return lines(body, parts)


def items(*places: tuple[str, int]) -> str:
    return "".join(paragraph(f"item {at}", numbering=name, level=depth) for at, (name, depth) in enumerate(places, 1))


def numbers(found: list[str]) -> list[str]:
    return [line.partition(" item")[0] for line in found]


def test_instances_of_one_definition_count_on() -> None:
    body = items(("1", 0), ("1", 0), ("2", 0), ("1", 0))

    assert numbers(listed(body, {"0": level(0, "%1)")}, {"1": ("0", ""), "2": ("0", "")})) == ["1)", "2)", "3)", "4)"]


def test_an_instance_with_a_start_of_its_own_begins_there_once() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    body = items(("1", 0), ("1", 0), ("2", 0), ("2", 0), ("1", 0))
    found = listed(body, {"0": level(0, "%1.")}, {"1": ("0", ""), "2": ("0", override)})

    assert numbers(found) == ["1.", "2.", "7.", "8.", "9."]


def test_an_override_may_bring_a_format_of_its_own() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "Step %1:", "decimalZero")}</w:lvlOverride>'

    assert numbers(listed(items(("2", 0)), {"0": level(0, "%1.")}, {"2": ("0", override)})) == ["Step 01:"]


def test_deeper_levels_start_again_unless_the_level_says_otherwise() -> None:
    kept = level(0, "%1") + level(1, "%1.%2", more='<w:lvlRestart w:val="0"/>')
    body = items(("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1))

    assert numbers(listed(body, {"0": kept}, {"1": ("0", "")})) == ["1", "1.1", "1.2", "2", "2.3"]
    assert numbers(listed(body, {"0": LEGAL}, {"1": ("0", "")})) == ["I.", "1.1", "1.2", "II.", "2.1"]


def test_a_level_may_restart_after_a_certain_level_only() -> None:
    levels = level(0, "%1") + level(1, "%1.%2") + level(2, "%3.", more='<w:lvlRestart w:val="1"/>')
    body = items(("1", 0), ("1", 1), ("1", 2), ("1", 1), ("1", 2), ("1", 0), ("1", 2))

    assert numbers(listed(body, {"0": levels}, {"1": ("0", "")})) == ["1", "1.1", "1.", "1.2", "2.", "2", "1."]


def test_a_start_value_other_than_one() -> None:
    found = listed(items(("1", 0), ("1", 0)), {"0": level(0, "%1.", start=5)}, {"1": ("0", "")})

    assert numbers(found) == ["5.", "6."]


def test_invisible_numbers_show_nothing_and_leave_plain_paragraphs() -> None:
    definitions = {"0": level(0, "%1", "none"), "1": level(0, "", "bullet"), "2": level(0, "Note:", "none")}
    parts = {"numbering": ("numbering", numbering(definitions, {str(n): (str(n), "") for n in range(3)}))}
    document = read_word(items(("0", 0), ("1", 0), ("2", 0), ("99", 0)), parts)

    assert [block.text for block in document.blocks] == ["item 1", "item 2", "Note: item 3", "item 4"]
    assert [block.kind for block in document.blocks] == ["paragraph", "paragraph", "list_item", "paragraph"]


def test_a_number_without_a_gap_joins_its_text() -> None:
    definition = level(0, "第%1条", "chineseCounting", more='<w:suff w:val="nothing"/>')
    body = "".join(paragraph(words, numbering="1") for words in ("　总则", "适用范围"))

    assert listed(body, {"0": definition}, {"1": ("0", "")}) == ["第一条总则", "第二条适用范围"]


def test_numbers_come_through_styles_and_those_they_are_based_on() -> None:
    def style(name: str, base: str, properties: str) -> str:
        based = f'<w:basedOn w:val="{base}"/>' if base else ""
        return f'<w:style w:styleId="{name}"><w:name w:val="{name}"/>{based}<w:pPr>{properties}</w:pPr></w:style>'

    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    unnumbered = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    based = style("Sub", "Clause", "") + style("Fine", "Sub", "") + style("Plain", "Clause", unnumbered)
    styles = style("Clause", "", in_list) + based
    levels = level(0, "%1.", more='<w:pStyle w:val="Clause"/>') + level(1, "%1.%2", more='<w:pStyle w:val="Sub"/>')
    names = ["Clause", "Sub", "Fine", "Plain", "Clause"]
    body = "".join(paragraph(f"item {at}", style=name) for at, name in enumerate(names))

    assert numbers(listed(body, {"0": levels}, {"1": ("0", "")}, styles)) == ["1.", "1.1", "1.2", "item 3", "2."]


def test_a_definition_may_be_kept_in_a_style() -> None:
    styles = (
        '<w:style w:type="numbering" w:styleId="House"><w:pPr><w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
    )
    definitions = {"0": '<w:numStyleLink w:val="House"/>', "3": level(0, "§ %1")}
    found = listed(items(("1", 0), ("5", 0)), definitions, {"1": ("0", ""), "5": ("3", "")}, styles)

    assert numbers(found) == ["§ 1", "§ 2"]


def test_steps_in_a_cell_of_a_table_have_their_numbers() -> None:
    steps = "".join(paragraph(words, numbering="1") for words in ("Open the lid", "Fill in water", "Close the lid"))
    rows = [
        f"<w:tc>{paragraph(key)}</w:tc><w:tc>{value}</w:tc>"
        for key, value in (
            ("Task", paragraph("Steps")),
            ("Refill", steps),
            ("Rinse", paragraph("Rinse", numbering="1")),
        )
    ]
    body = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>" + items(("1", 0))
    found = listed(body, {"0": level(0, "%1.")}, {"1": ("0", "")})

    assert found[0].split("\n")[0] == "Task: Refill | Steps: 1. Open the lid 2. Fill in water 3. Close the lid"
    assert found[1] == "5. item 1"


def test_a_deleted_paragraph_takes_no_number() -> None:
    gone = paragraph(f"<w:del>{text('old')}</w:del>", numbering="1", properties="<w:rPr><w:del/></w:rPr>")
    body = items(("1", 0)) + gone + items(("1", 0))

    assert numbers(listed(body, {"0": level(0, "%1.")}, {"1": ("0", "")})) == ["1.", "2."]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (27, "upperLetter", "AA"), (3, "decimalZero", "03"),
        (22, "ordinal", "22nd"), (12, "ordinal", "12th"), (30, "ordinalText", "Thirtieth"),
        (21, "ordinalText", "Twenty-first"),
        (12, "cardinalText", "Twelve"), (11, "chineseCounting", "十一"), (20, "chineseCounting", "二十"),
        (105, "chineseCountingThousand", "一百零五"), (110, "chineseCounting", "一百一十"),
        (10, "ideographDigital", "一〇"),
        (3, "ideographTraditional", "丙"), (12, "chineseLegalSimplified", "壹拾贰"), (7, "decimalEnclosedCircle", "⑦"),
        (25, "decimalEnclosedCircle", "25"), (2, "russianLower", "б"), (0, "lowerRoman", "0"), (5, "unheardOf", "5"),
        (5, "none", ""), (999_999_999, "lowerLetter", "999999999"), (2, "decimalFullWidth", "２"),
    ],
)  # fmt: skip
def test_numerals(value: int, number_format: str, shown: str) -> None:
    assert numeral(value, number_format) == shown
