from __future__ import annotations

import time

import pytest
from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

from tests.unit.ingestion.samples import block_with, texts


def parse(text: str) -> ParsedDocument:
    return parse_document(text.encode(), "guide.md")


def kinds(parsed: ParsedDocument) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in parsed.blocks]


def test_headings_of_both_styles_make_the_heading_path() -> None:
    parsed = parse("Guide\n=====\n\n## Setup ##\n\nRun **this**:\n\nUse\n---\n\nText.\n")

    assert block_with(parsed, "Run this:").heading_path == ("Guide", "Setup")
    assert block_with(parsed, "Text.").heading_path == ("Guide", "Use")


def test_code_is_kept_as_written_and_holds_no_headings() -> None:
    parsed = parse("# Guide\n\n```sh\n# not a heading <!-- shown -->\n\n  make **all**  \n```\n\n    indented *code*\n")

    assert kinds(parsed)[1:] == [
        ("code", "# not a heading <!-- shown -->\n\n  make **all**"),
        ("code", "indented *code*"),
    ]


def test_table_rows_name_their_columns_up_to_the_first_line_without_a_bar() -> None:
    parsed = parse("| Part | Price |\n|---|---:|\n| B | a\\|b |\n| C | |\nPrices are net.\n")

    assert kinds(parsed) == [("table", "Part: B | Price: a|b\nPart: C"), ("paragraph", "Prices are net.")]


def test_list_items_keep_their_markers_at_every_depth() -> None:
    parsed = parse("- Night round\n  - boiler\n    room\n  - gate\n\n3. third\n4) [ ] open\n\n   more\n")

    assert kinds(parsed) == [
        ("list_item", "- Night round"),
        ("list_item", "- Night round: boiler room"),
        ("list_item", "- Night round: gate"),
        ("list_item", "3. third"),
        ("list_item", "4) [ ] open"),
        ("paragraph", "more"),
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("see [the *plan*](https://a.example/p?q=1 'title')", "see the plan (https://a.example/p?q=1)"),
        ("see [below](#part) and <https://a.example>", "see below and https://a.example"),
        ("![a **valve**](valve.png) open", "a valve open"),
        ("one<br>two <span class='x'>three</span><!-- hidden -->", "one two three"),
        ("\\*plain\\* &lt;b&gt; `<b>` ~~old~~ f(**a, **b)", "*plain* <b> <b> old f(**a, **b)"),
        ("**注意：**请勿打开", "注意：请勿打开"),
        ("经总经\n理批准，by\nthe board", "经总经理批准，by the board"),
        ("[Note]: 24h", "[Note]: 24h"),
        ("> quoted\n> text", "quoted text"),
    ],
)
def test_inline_markup_is_reduced_to_what_a_reader_sees(source: str, text: str) -> None:
    assert texts(parse(source)) == [text]


def test_comments_are_left_out() -> None:
    assert texts(parse("# Guide\n\n<!-- hidden\n\nlines -->\n\nText.\n")) == ["Guide", "Text."]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            "1. Stop\n   - the *pump*\n     - slowly\n2. Go\n",
            ["1. Stop", "- Stop: the pump", "- Stop: the pump: slowly", "2. Go"],
        ),
        ("- 夜间巡查：\n  - 锅炉房\n", ["- 夜间巡查：", "- 夜间巡查：锅炉房"]),
        ("- Who pays?\n  - the tenant\n", ["- Who pays?", "- Who pays? the tenant"]),
        (f"- {'a long rule ' * 10}\n  - x\n", [f"- {('a long rule ' * 10).strip()}", "- x"]),
        ("- a\n\n  more\n\n  - b\n", ["- a", "more", "- a: b"]),
    ],
)
def test_items_name_the_short_items_above_them(source: str, lines: list[str]) -> None:
    assert texts(parse(source)) == lines


def test_warnings_of_html_reach_the_document() -> None:
    parsed = parse("# Guide\n\nText.\n\n<div hidden>nobody is meant to read this</div>\n")

    assert parsed.warnings == ("hidden_text_left_out",)


def test_definitions_and_opened_parts_in_html_are_read() -> None:
    definitions = "<dl>\n<dt>Weight</dt><dd>4 kg</dd>\n</dl>\n\n"
    details = "<details>\n<summary>Fees</summary>\n\nNone **yet**.\n\n</details>\n"
    parsed = parse(f"# Guide\n\n{definitions}{details}")

    assert texts(parsed) == ["Guide", "Weight: 4 kg", "Fees", "None yet."]


def test_html_is_read_as_on_a_page() -> None:
    table = "<table>\n<tr><th>Port</th><th>Use</th></tr>\n\n<tr><td>80</td><td>web</td></tr>\n</table>\n"
    parsed = parse(f"# Ports\n\n{table}\n<div hidden>secret</div>\n\nText.\n")

    assert kinds(parsed)[1:] == [("table", "Port: 80 | Use: web"), ("paragraph", "Text.")]
    assert parsed.blocks[1].heading_path == ("Ports",)


@pytest.mark.parametrize("source", [">" * 5000 + " x", "".join("  " * depth + "- a\n" for depth in range(500))])
def test_nesting_beyond_the_limit_is_rejected(source: str) -> None:
    with pytest.raises(RejectedError) as caught:
        parse(source)

    assert caught.value.reason == "deep_nesting"


@pytest.mark.parametrize(
    "source",
    [
        "# a" + " " * 300_000 + "b",
        "a " + "[" * 40_000,
        "a " + "*a " * 15_000,
        "word " * 900_000,
        "a\n" + "\n" * 500_000,
    ],
    ids=["heading with spaces", "brackets", "emphasis", "one long line", "empty lines"],
)
def test_hostile_text_takes_no_quadratic_time(source: str) -> None:
    start = time.process_time()
    parsed = parse(source)

    assert parsed.blocks
    assert time.process_time() - start < 5


def test_a_document_of_many_lines_is_read_in_parts_without_a_seam() -> None:
    parsed = parse("".join(f"# Part {n}\n\ntext {n}\n\n```\ncode\n```\n\n" for n in range(4000)))

    assert len(parsed.blocks) == 12_000
    assert {block.kind for block in parsed.blocks[2::3]} == {"code"}
    assert parsed.blocks[-1].heading_path == ("Part 3999",)
