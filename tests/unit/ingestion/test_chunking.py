from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voicehelper.index.chunk import Chunk, Place, chunks_from_json, chunks_to_json
from voicehelper.ingestion.chunking import MAX_TOKENS, chunk_document
from voicehelper.ingestion.parsed_document import Block, ParsedDocument
from voicehelper.text.tokens import approximate_tokens

DOCUMENT = UUID(int=7)


def parsed(*blocks: Block, title: str = "Manual") -> ParsedDocument:
    return ParsedDocument(title, blocks, 1, 1, sum(len(block.text) for block in blocks))


def words(count: int, sentence: int = 10) -> str:
    return " ".join("word." if number % sentence == 0 else "word" for number in range(1, count + 1))


def count_words(text: str) -> int:
    return len(text.split())


def test_overlap_does_not_double_the_text() -> None:
    document = parsed(*(Block(words(200)) for _ in range(8)))
    chunks = chunk_document(document, DOCUMENT, max_tokens=500, overlap_tokens=50, count_tokens=count_words)

    assert sum(chunk.token_count for chunk in chunks) <= 1.3 * 1600
    assert max(chunk.token_count for chunk in chunks) <= 500
    assert len(chunks) > 1
    assert chunks[0].text.split()[-40:] == chunks[1].text.split()[:40]


def test_a_long_paragraph_is_split_at_sentences_in_both_languages() -> None:
    text = "年假须提前三天申请。" * 100 + "Leave is granted by the head of department. " * 100
    chunks = chunk_document(parsed(Block(text)), DOCUMENT, max_tokens=200)

    assert all(chunk.text.endswith(("。", ".")) for chunk in chunks)
    assert all(chunk.token_count <= 200 for chunk in chunks)


def test_table_rows_are_not_cut_and_the_rows_of_a_chunk_are_named() -> None:
    rows = [
        Block(f"part: P-{n} | price: {n} EUR", "table", Place(sheet="S", first_row=n, last_row=n), ("S",))
        for n in range(2, 90)
    ]
    chunks = chunk_document(parsed(*rows), DOCUMENT, max_tokens=100)
    lines = [line for chunk in chunks for line in chunk.text.split("\n")]

    assert lines == [block.text for block in rows]
    assert [chunk.place.first_row for chunk in chunks[1:]] == [(c.place.last_row or 0) + 1 for c in chunks[:-1]]


def test_rows_far_apart_are_not_one_passage() -> None:
    rows = [Block("a: 1", "table", Place(first_row=n, last_row=n)) for n in (2, 1_048_576)]

    assert len(chunk_document(parsed(*rows), DOCUMENT)) == 2


def test_a_chunk_stays_on_its_page_and_in_its_section() -> None:
    blocks = [
        Block(f"Text {n}.", place=Place(page=page), heading_path=(path,))
        for n, (page, path) in enumerate([(1, "A"), (1, "B"), (2, "B")])
    ]
    chunks = chunk_document(parsed(*blocks), DOCUMENT)

    assert [(chunk.place.page, chunk.heading_path) for chunk in chunks] == [(1, ("A",)), (1, ("B",)), (2, ("B",))]


def test_headings_open_the_first_chunk_below_them_and_name_it() -> None:
    blocks = [
        Block("Chapter 5", "heading", Place(page=45), ("Chapter 5",)),
        Block("5.1 Phones", "heading", Place(page=45), ("Chapter 5", "5.1 Phones")),
        Block("Call the hotline.", place=Place(page=45), heading_path=("Chapter 5", "5.1 Phones")),
        Block("Annex", "heading", Place(page=46), ("Annex",)),
    ]
    first, last = chunk_document(parsed(*blocks), DOCUMENT)

    assert (first.title, first.text) == ("Manual - Chapter 5 - 5.1 Phones", "Chapter 5\n5.1 Phones\nCall the hotline.")
    assert (last.text, last.place.page) == ("Annex", 46)


def test_chunk_ids_follow_from_document_order_and_text() -> None:
    document = parsed(*(Block(words(300)) for _ in range(5)))

    assert chunk_document(document, DOCUMENT) == chunk_document(document, DOCUMENT)
    ids = {chunk.chunk_id for other in (DOCUMENT, UUID(int=8)) for chunk in chunk_document(document, other)}
    assert len(ids) == 2 * len(chunk_document(document, DOCUMENT))


def test_a_line_of_five_megabytes_is_cut_in_linear_time() -> None:
    chunks = chunk_document(parsed(Block("x" * 5_000_000)), DOCUMENT)

    assert sum(len(chunk.text) for chunk in chunks) == 5_000_000
    assert max(chunk.token_count for chunk in chunks) <= MAX_TOKENS


@given(
    texts=st.lists(st.text(alphabet="ab 中文。.!\n，, 1", min_size=1, max_size=300), min_size=1, max_size=12),
    max_tokens=st.integers(8, 80),
    overlap=st.integers(0, 20),
    kind=st.sampled_from(["paragraph", "table", "code", "heading"]),
)
def test_no_chunk_exceeds_the_maximum_and_nothing_is_lost(
    texts: list[str], max_tokens: int, overlap: int, kind: str
) -> None:
    blocks = [Block(text, kind if number % 2 else "paragraph") for number, text in enumerate(texts)]  # type: ignore[arg-type]
    chunks = chunk_document(parsed(*blocks), DOCUMENT, max_tokens=max_tokens, overlap_tokens=overlap)

    assert all(chunk.token_count <= max_tokens for chunk in chunks)
    squeezed = "".join("".join(chunk.text.split()) for chunk in chunks)
    position = 0
    for character in "".join("".join(texts).split()):
        position = squeezed.find(character, position) + 1
        assert position > 0


@pytest.mark.parametrize(("text", "tokens"), [("保修期24个月", 6), ("The interval", 3), ("", 0), ("서울특별시", 3)])
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert approximate_tokens(text) == tokens


def test_a_first_heading_that_repeats_the_title_is_left_out_of_chunk_titles() -> None:
    (chunk,) = chunk_document(parsed(Block("Text.", heading_path=("MANUAL", "Use")), title="Manual"), DOCUMENT)

    assert chunk.title == "Manual - Use"
    assert chunk.heading_path == ("MANUAL", "Use")


def test_chunks_are_the_same_after_storage_also_when_cut_at_line_ends() -> None:
    chunks = [Chunk(UUID(int=n), n, "t", "a\x85b\nc", Place(page=n + 1), ("x", "y"), 3) for n in range(3)]
    content = chunks_to_json(chunks)
    first = chunks_to_json(chunks[:1])

    assert chunks_from_json(content) == chunks
    assert chunks_from_json(content[len(first) :]) == chunks[1:]
