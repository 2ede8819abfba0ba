from __future__ import annotations

import pytest
from voicehelper.ingestion.parsers.pdf.document import parse

from tests.unit.ingestion.parsers.pdf.pages import whole_text


def drawn_one_by_one(text: str, encoding: str, codec: str, ordering: str, to_unicode: str = "") -> bytes:
    """A page on which every character is a text object of its own, in a font that is not in the file."""
    glyphs = "".join(
        f"BT /F 12 Tf {60 + 14 * (at % 34)} {700 - 20 * (at // 34)} Td <{code.encode(codec).hex()}> Tj ET\n"
        for at, code in enumerate(text)
    )
    mapped = "/ToUnicode 7 0 R" if to_unicode else ""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 6 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        f"<</Type/Font/Subtype/Type0/BaseFont/Plant-{ordering}/Encoding/{encoding}/DescendantFonts[5 0 R]{mapped}>>",
        f"<</Type/Font/Subtype/CIDFontType0/BaseFont/Plant-{ordering}/DW 1000"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 2>>"
        "/FontDescriptor<</Type/FontDescriptor/FontName/Plant/Flags 4/FontBBox[0 -120 1000 880]"
        "/Ascent 880/Descent -120/ItalicAngle 0/CapHeight 880/StemV 80>>>>",
        f"<</Length {len(glyphs)}>>stream\n{glyphs}\nendstream",
        f"<</Length {len(to_unicode)}>>stream\n{to_unicode}\nendstream",
    ]
    body = "\n".join(f"{number} 0 obj{content}\nendobj" for number, content in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}\ntrailer<</Root 1 0 R>>\n%%EOF".encode()


@pytest.mark.parametrize(
    ("text", "encoding", "codec", "ordering"),
    [
        ("锅炉每周排污一次由值班员登记", "UniGB-UCS2-H", "utf-16-be", "GB1"),
        ("锅炉每周排污一次由值班员登记", "UniGB-UTF16-H", "utf-16-be", "GB1"),
        ("锅炉每周排污一次由值班员登记", "GBK-EUC-H", "gbk", "GB1"),
        ("锅炉每周排污一次由值班员登记", "GB-EUC-H", "gb2312", "GB1"),
        ("鍋爐每週排污一次由值班員登記", "UniCNS-UCS2-H", "utf-16-be", "CNS1"),
        ("鍋爐每週排污一次由值班員登記", "ETen-B5-H", "big5", "CNS1"),
        ("ボイラーは毎週点検すること", "UniJIS-UCS2-H", "utf-16-be", "Japan1"),
        ("ボイラーは毎週点検すること", "90ms-RKSJ-H", "cp932", "Japan1"),
        ("ボイラーは毎週点検すること", "EUC-H", "euc_jp", "Japan1"),
        ("보일러는매주점검한다", "UniKS-UCS2-H", "utf-16-be", "Korea1"),
        ("보일러는매주점검한다", "KSCms-UHC-H", "cp949", "Korea1"),
    ],
)
def test_text_in_a_font_that_is_not_embedded_is_read_by_its_codes(
    text: str, encoding: str, codec: str, ordering: str
) -> None:
    parsed = parse(drawn_one_by_one(text, encoding, codec, ordering), "notice.pdf")

    assert "".join(whole_text(parsed).split()) == text


def test_the_files_own_map_to_characters_is_used_where_it_has_one() -> None:
    mapping = (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        "2 beginbfrange\n<0001> <0002> <9505>\n<0003> <0003> <9507>\nendbfrange\nendcmap\nend\nend"
    )
    content = drawn_one_by_one("\1\2\3", "Identity-H", "utf-16-be", "Identity", mapping)

    assert "".join(whole_text(parse(content, "notice.pdf")).split()) == "锅锆锇"


def test_characters_that_cannot_be_read_leave_a_warning_with_their_page() -> None:
    text = "The valve is closed at the end of each shift by the guard. " * 3 + "\2\3\4\5\6\7\16\17"
    content = drawn_one_by_one(text, "UniGB-UCS2-H", "utf-16-be", "GB1")

    assert "unreadable_characters:1" in parse(content, "notice.pdf").warnings
