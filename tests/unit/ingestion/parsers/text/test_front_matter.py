from __future__ import annotations

import pytest
from voicehelper.ingestion.parsers.text.front_matter import split_front_matter


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("---\nowner: Team A\nvalid_until: 2031-05-01\n---\nText", ["Owner: Team A", "Valid until: 2031-05-01"]),
        ("---\ntags: [a, b]\nreaders:\n  - Ivo\n  - Ute\n...\nText", ["Tags: a, b", "Readers: Ivo, Ute"]),
        ("---\ncontact:\n  name: Ivo\n  room: '012'\n---\nText", ["Contact name: Ivo", "Contact room: 012"]),
        ("---\nversion: 1.10\nfinal: no\nempty:\nnote: >\n  two\n  lines\n---\nText",
         ["Version: 1.10", "Final: no", "Note: two lines"]),
        ("---\ntitle: Pumps: a guide\n作者: 韩梅\n---\nText", ["Title: Pumps: a guide", "作者: 韩梅"]),
        ('+++\ntitle = "Pumps"\nweight = 1.10\ndate = 2031-05-01\n[params]\nrooms = [1, 2]\n+++\nText',
         ["Title: Pumps", "Weight: 1.10", "Date: 2031-05-01", "Params rooms: 1, 2"]),
        ("---\r\nowner: Ivo\r\n---\r\nText".replace("\r", ""), ["Owner: Ivo"]),
        ("---\nauthors:\n  - name: Ivo\n  - name: Ute\n---\nText", ["Authors name: Ivo", "Authors name: Ute"]),
    ],
)  # fmt: skip
def test_metadata_becomes_a_row_that_names_its_values(source: str, lines: list[str]) -> None:
    assert split_front_matter(source) == ([" | ".join(lines)], "Text")


def test_rows_of_much_metadata_each_begin_with_the_title() -> None:
    values = "".join(f"key{number}: {'value ' * 10}\n" for number in range(20))
    rows, _ = split_front_matter(f"---\nowner: Ivo\ntitle: Pumps\n{values}---\nText")

    assert rows[0].startswith("Title: Pumps | Owner: Ivo | Key0: value")
    assert all(row.startswith("Title: Pumps | Key") for row in rows[1:])
    assert max(map(len, rows)) < 500


@pytest.mark.parametrize(
    "source", ["---\nJust a paragraph.\n---\nText", "Text\n---\na: b\n---\n", "---\na: b\n", "---\n---\n"]
)
def test_lines_between_rules_are_no_metadata(source: str) -> None:
    assert split_front_matter(source) == ([], source)


def test_references_that_multiply_are_bounded() -> None:
    steps = "".join(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 30))
    lines, _ = split_front_matter(f"---\na0: &a0 [x, y]\n{steps}---\nText")

    assert len(lines) <= 500
