from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from voicehelper.ingestion.chunking import MAX_TOKENS, chunk_document
from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.wide_rows import row_pieces
from voicehelper.text.tokens import approximate_tokens

from tests.support.growth import LIMIT, growth

NAMES = ["Site", "Pump", *(f"Reading {number}" for number in range(1, 70))]
ROWS = [[f"Hall {row}", f"P-{row}", *(f"{row}{number:02} mbar" for number in range(1, 70))] for row in (1, 2)]


def pieces(row: str, max_tokens: int = MAX_TOKENS) -> list[str]:
    return list(row_pieces(row, max_tokens, approximate_tokens))


def csv_file() -> tuple[bytes, str]:
    return "\n".join(",".join(row) for row in [NAMES, *ROWS]).encode(), "readings.csv"


def html_file() -> tuple[bytes, str]:
    rows = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in ROWS)
    return f"<table><tr><th>{'</th><th>'.join(NAMES)}</th></tr>{rows}</table>".encode(), "readings.html"


def markdown_file() -> tuple[bytes, str]:
    lines = [" | ".join(row) for row in [NAMES, ["---"] * len(NAMES), *ROWS]]
    return "\n".join(f"| {line} |" for line in lines).encode(), "readings.md"


@pytest.mark.parametrize("made", [csv_file, html_file, markdown_file], ids=lambda made: made.__name__)
def test_every_part_of_a_wide_row_names_the_row_and_keeps_name_and_value_together(
    made: Callable[[], tuple[bytes, str]],
) -> None:
    chunks = chunk_document(parse_document(*made()), UUID(int=1))
    lines = [line for chunk in chunks for line in chunk.text.split("\n") if "Reading" in line]

    assert len(lines) > len(ROWS)
    for row in ROWS:
        own = [line for line in lines if line.startswith(f"Site: {row[0]} | Pump: {row[1]} | ")]
        pairs = [pair for line in own for pair in line.split(" | ")]
        assert all(f"{name}: {value}" in pairs for name, value in zip(NAMES, row, strict=True))


def test_a_row_that_fits_stays_as_it_is() -> None:
    assert pieces("Part: valve | Bar: 6") == ["Part: valve | Bar: 6"]


def test_a_running_number_and_a_date_alone_do_not_identify_a_row() -> None:
    cells = ["No.: 7", "Date: 2024-02-01", "Customer: Weber", *(f"Amount {n}: {n} EUR" for n in range(90))]

    assert all(
        piece.startswith("No.: 7 | Date: 2024-02-01 | Customer: Weber | ") for piece in pieces(" | ".join(cells))
    )


def test_a_value_longer_than_a_chunk_names_its_row_and_column_in_every_part() -> None:
    row = f"设备: 三号锅炉 | 状态: 运行 | 说明: {'每周检查一次压力表，' * 80}"

    assert all(piece.startswith("设备: 三号锅炉 | 状态: 运行 | ") for piece in pieces(row))
    assert all("说明: " in piece for piece in pieces(row))


def test_a_long_first_cell_is_repeated_in_part() -> None:
    row = " | ".join(["Question: " + "how is the oil changed " * 15, *(f"Step {n}: turn {n}" for n in range(100))])

    assert len(pieces(row)) > 1
    assert all(piece.startswith("Question: how is the oil") for piece in pieces(row))


@given(
    cells=st.lists(st.text(alphabet="ab 中:：|1,，", max_size=60), min_size=1, max_size=30),
    max_tokens=st.integers(1, 60),
)
@example(cells=["", "1", ""], max_tokens=1)
def test_no_part_is_too_long_and_nothing_is_lost(cells: list[str], max_tokens: int) -> None:
    row = " | ".join(cells)
    parts = pieces(row, max_tokens)
    position, joined = 0, "".join("".join(parts).split())

    assert all(approximate_tokens(part) <= max_tokens for part in parts)
    for character in "".join(row.replace(" | ", "").split()):
        position = joined.find(character, position) + 1
        assert position > 0


@pytest.mark.parametrize(
    "made",
    [
        lambda n: "name: value | " * n,
        lambda n: f"a: {'x' * 10 * n}",
        lambda n: f"{'x ' * 10 * n} | b",
        lambda n: " | " * n,
    ],
    ids=["cells", "a long value", "a long first cell", "empty cells"],
)
def test_the_time_for_a_row_grows_with_its_length(made: Callable[[int], str]) -> None:
    def work(size: int) -> Callable[[], object]:
        row = made(size)
        return lambda: pieces(row)

    assert growth(work, 1000, largest=128_000) < LIMIT
