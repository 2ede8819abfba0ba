from __future__ import annotations

from openpyxl.comments import Comment  # type: ignore[import-untyped]
from voicehelper.ingestion.parse import parse_document

from tests.unit.ingestion.made_files import with_parts
from tests.unit.ingestion.parsers.office.books import Worksheet, book_bytes, lines
from tests.unit.ingestion.samples import texts

ROWS: list[list[object]] = [["Pump", "Limit"], ["P-7", 6.5], ["P-8", 7]]


def test_notes_stand_in_the_row_of_their_cell() -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B3"].comment = Comment("Lowered after the leak in May.", "Rosa")
        sheet["B1"].comment = Comment("In bar.", "Rosa")
        sheet["A9"].comment = Comment("Ask the plant.", "Rosa")

    assert lines(ROWS, note) == [
        "Note on Limit: In bar.",
        "Pump: P-7 | Limit: 6.5",
        "Pump: P-8 | Limit: 7 | Note on Limit: Lowered after the leak in May.",
        "Note: Ask the plant.",
    ]


def test_a_thread_of_comments_takes_the_place_of_the_note_for_old_versions() -> None:
    def note(sheet: Worksheet) -> None:
        sheet["B2"].comment = Comment("[Threaded comment] Your version of Excel …", "tc")

    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="B2" id="{1}"><text>Is this tested?</text></threadedComment>'
        '<threadedComment ref="B2" id="{2}" parentId="{1}"><text>Yes, in March.</text></threadedComment>'
        "</ThreadedComments>"
    )
    relation = (
        '<Relationship Id="t" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" '
        'Target="../threadedComments/t.xml"/></Relationships>'
    )

    def add(name: str, content: bytes) -> bytes:
        is_relations = name == "xl/worksheets/_rels/sheet1.xml.rels"
        return content.replace(b"</Relationships>", relation.encode()) if is_relations else content

    book = with_parts(book_bytes(ROWS, note), add, {"xl/threadedComments/t.xml": thread})

    assert texts(parse_document(book, "a.xlsx"))[0] == (
        "Pump: P-7 | Limit: 6.5 | Note on Limit: Is this tested? / Yes, in March."
    )
