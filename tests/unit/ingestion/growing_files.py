"""Files of a size that is asked for, each built to take long in one place; names are those of the weakness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.unit.ingestion.made_files import with_parts
from tests.unit.ingestion.parsers.office.word import field, level, numbering, paragraph, text, word_file
from tests.unit.ingestion.samples import NS, OFFICE, workbook, zipped

Made = Callable[[int], str]

MARKDOWN: Final[dict[str, Made]] = {
    "spaces in a heading": lambda n: "# a" + " " * n + "b",
    "closing signs of a heading": lambda n: "# a " + "# " * n + "b",
    "brackets": lambda n: "[" * n,
    "pictures": lambda n: "![" * n,
    "nested pictures": lambda n: "![a" * n + "](b)" * n,
    "emphasis": lambda n: "*a " * n,
    "underscores": lambda n: "_a " * n,
    "asterisks": lambda n: "a**" * n,
    "mixed emphasis": lambda n: "a*b_c~~" * n,
    "backticks": lambda n: "".join("`" * (at % 50 + 1) + "a" for at in range(n // 20)),
    "tags": lambda n: "<a " * n,
    "comments": lambda n: "a <!-- " * n,
    "link targets": lambda n: "[a](<b" * n,
    "parentheses of links": lambda n: "[a](" + "(" * n,
    "addresses": lambda n: "<" + "a." * n + "@b",
    "entities": lambda n: "&a" * n,
    "spaces in a table rule": lambda n: "a | b\n--- | " + " " * 5 * n + "---x\n",
    "dashes of a table rule": lambda n: "a | b\n" + "-" * n + "|" + "-" * n + "x\n",
    "table rows": lambda n: "|a|b|\n|-|-|\n" + "|1|2|\n" * n,
    "columns": lambda n: "|a" * n + "\n" + "|-" * n + "\n" + "|b\n" * min(n, 500),
    "list items": lambda n: "- a\n" * n,
    "loose list items": lambda n: "* a\n\n" * n,
    "nested lists": lambda n: "".join(" " * (at % 90) + "- a\n" for at in range(n // 2)),
    "quotes": lambda n: "> a\n" * n,
    "nested quotes": lambda n: "> " * n + "a",
    "dashes of a list": lambda n: "- " * n + "x",
    "prose": lambda n: ("word " * 12 + "\n") * n,
    "one line of prose": lambda n: "A sentence of some words. " * n,
    "fences": lambda n: "```\n" * n,
    "html": lambda n: "<div>" * n,
    "html between blank lines": lambda n: "<div>\n\n" * n,
    "front matter": lambda n: "---\n" + "a: b\n" * n,
    "closed front matter": lambda n: "---\n" + "a: b\n" * n + "---\nx",
    "nested front matter": lambda n: "---\na: " + "[" * n + "]" * n + "\n---\nx",
    "open front matter in TOML": lambda n: "+++\n" + "a = \n" * n,
    "items below items": lambda n: "- a\n" + "  - b\n    - c\n" * n,
    "definitions": lambda n: "[a]: b\n" * n,
    "carriage returns": lambda n: "\r" * n,
}

HTML: Final[dict[str, Made]] = {
    "elements": lambda n: "<div>" * n + "x",
    "closed elements": lambda n: "<div class=a>" * n + "x" + "</div>" * n,
    "elements that end tags do not close": lambda n: "<span><div></span>" * n + "x",
    "elements behind quotes": lambda n: "<div title='</div>'>" * n + "x",
    "elements behind stray quotes": lambda n: '<div "><div>' * n + "x",
    "elements behind a false comment": lambda n: "<!--a--!>" + "<div>" * n + "-->x",
    "elements in scripts of drawings": lambda n: "<svg><script>" + "<g>" * n + "x",
    "cells in drawings": lambda n: "<svg>" + "<td>" * n + "x",
    "rubies": lambda n: "<rt>" * n + "x",
    "formatting": lambda n: "".join(f"<b id={at}>" for at in range(400)) + "<p>x</p>" * n,
    "formatting around paragraphs": lambda n: "<b><p></b>x" * n,
    "tables": lambda n: "<table><tr><td>" * n + "x",
    "text between rows": lambda n: "<table>" + "x<tr>" * n,
    "lists": lambda n: "<ul><li>" * n + "x",
    "attributes": lambda n: "<a " + " ".join(f"a{at}" for at in range(n)) + ">x",
    "spanning cells": lambda n: "<table>" + "<tr><td colspan=100 rowspan=100>a<td>b" * n + "</table>",
    "hiding rules": lambda n: "<style>" + "".join(f".a{at}{{display:none}}" for at in range(n)) + "</style>"
    + "".join(f"<p class=a{at}>x" for at in range(n)) + "<p>y",
    "an embedded font": lambda n: "<style>@font-face{src:url(data:" + "A" * 10 * n + ")}</style>x",
    "comments in style sheets": lambda n: "<style>" + "/*" * n + "</style>x",
    "style text without braces": lambda n: "<style>" + "a " * n + "</style>x",
    "selectors": lambda n: "<style>" + "," * n + "{display:none}</style>x",
    "spaces in styles": lambda n: f"<p style='display{' ' * n}x'>y",
    "class names": lambda n: f"<p class='{'menu-' * n}'>y",
    "paragraphs": lambda n: "<p>a" * n,
    "nested menus": lambda n: "<div class=menu>a" * n,
    "menus": lambda n: "<div class=menu><a href=x>a</a></div>" * n + "x",
    "cookie banners": lambda n: "<div class=cookies><button>a</button>" * n + "x",
    "parts beside the main one": lambda n: "<p>a" * n + "<main>" + "text " * n,
    "nested asides": lambda n: "<aside>a" * n,
    "definitions": lambda n: "<dl>" + "<dt>a<dd>b" * n,
    "terms": lambda n: "<dl>" + "<dt>a" * n,
    "nested definitions": lambda n: "<dl><dt>a<dd>" * n + "x",
    "items below items": lambda n: "<ul><li>a" + "<ul><li>b</ul>" * n,
    "opened parts": lambda n: "<details><summary>a</summary>b" * n,
    "labels that are not closed": lambda n: "<dl><dt>" + "<p>a" * n,
    "controls and what they open": lambda n: "".join(
        f"<button aria-controls=a{at}>a</button><p id=a{at} hidden>b" for at in range(n)
    ),
    "hidden parts below each other": lambda n: "<button>a</button><div hidden>b" * n,
    "rules that show": lambda n: "<style>.a{display:none}" + ".o .a{display:block}" * n + "</style><p class=a>x",
    "a long selector": lambda n: "<style>.a{display:none}" + ".o" * n + "{display:block}</style><p class=a>x",
    "names in scripts": lambda n: "<script>" + "'.a' getElementById(" * n + "</script><p>x",
    "open quotes in scripts": lambda n: "<script>" + "'" * n + "</script><p>x",
    "cells with tables": lambda n: "<table>" + "<tr><td>a<td><table><tr><td>b<td>c</table>" * n,
    "nested cells with tables": lambda n: "<table><tr><th>a<th>b<tr><td>a<td>" * n,
    "heading rows": lambda n: "<table>" + "<tr><th>a<th>b" * n,
    "group rows": lambda n: "<table><tr><th>a<th>b" + "<tr><td colspan=2>c<tr><td>1<td>2" * n,
    "line breaks": lambda n: "a<br>" * n,
    "entities": lambda n: "&amp;" * n,
    "open comments": lambda n: "<!--" * n,
    "open attributes": lambda n: '<a b="' * n,
    "white space": lambda n: "<p>a" + " " * n + "b",
}  # fmt: skip

_ENTRY: Final = "Content-Type: text/calendar\n\nBEGIN:VEVENT\n"
MAIL: Final[dict[str, Made]] = {
    "recipients": lambda n: "To: " + "a@b.example, " * n + "\n\nhello",
    "folded recipients": lambda n: "To: a\n" + " b@c.example,\n" * n + "\n\nhello",
    "comments in an address": lambda n: "To: " + "(" * n + "\n\nhello",
    "semicolons of a type": lambda n: "Content-Type: text/plain" + ";" * n + "\n\nhello",
    "parameters of a type": lambda n: "Content-Type: text/plain; " + "a=b; " * n + "\n\nhello",
    "a long file name": lambda n: "Content-Disposition: attachment; filename=" + "a'" * n + "\n\nhello",
    "encoded words": lambda n: "Subject: " + "=?utf-8?q?a?= " * n + "\n\nhello",
    "headers": lambda n: "X-A: b\n" * n + "\n\nhello",
    "parts": lambda n: "Content-Type: multipart/mixed; boundary=x\n\n" + "--x\n\na\n" * n,
    "nested parts": lambda n: "Content-Type: multipart/mixed; boundary=x\n\n"
    + "--x\nContent-Type: multipart/mixed; boundary=x\n\n" * n,
    "dashes": lambda n: "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n" + "--\n" * n,
    "invitations": lambda n: _ENTRY + "SUMMARY:a\nEND:VEVENT\nBEGIN:VEVENT\n" * n,
    "guests": lambda n: _ENTRY + "ATTENDEE;CN=a:mailto:b\n" * n + "END:VEVENT\n",
    "open entries": lambda n: _ENTRY * n,
    "folded lines of an entry": lambda n: _ENTRY + "SUMMARY:a" + "\n b" * n + "\nEND:VEVENT\n",
    "parameters of an entry": lambda n: _ENTRY + "SUMMARY" + ';A="b' * n + "\nEND:VEVENT\n",
    "forms of a text": lambda n: "Content-Type: multipart/alternative; boundary=x\n\n--x\n\n" + "word " * n
    + "\n--x\nContent-Type: text/html\n\n" + "<p>word" * n,
    "flowed lines": lambda n: "Content-Type: text/plain; format=flowed\n\n" + "a \n" * n,
    "cut encoded words": lambda n: "Subject: " + "=?utf-8?b?5L?= " * n + "\n\nhello",
    "lines of base64": lambda n: "Content-Transfer-Encoding: base64\n\n" + "aGVsbG8g\n" * n,
}  # fmt: skip

TEXT: Final[dict[str, Made]] = {
    "full stops": lambda n: "." * n + "a",
    "blank lines": lambda n: "a" + "\n \t" * n + "b",
    "headings": lambda n: "第一章 a\n\n" * n,
    "chapter numbers": lambda n: "1." * n + "\n\na",
    "white space": lambda n: "a" + "\u3000\t" * n + "b",
    "surrogates and marks": lambda n: "a\u200b" * n,
}
CSV: Final[dict[str, Made]] = {
    "quotes": lambda n: '"' * n + "a,b\n",
    "open quotes": lambda n: 'a,"b\n' * n,
    "many names over short rows": lambda n: ",".join(f"n{at}" for at in range(n // 8)) + "\n" + "a\n" * n,
    "equal cells": lambda n: "a,a\n" * n,
    "one long cell": lambda n: "a " * 10 * n + ",b\n",
    "header rows": lambda n: "name,name,value\n" + "x,y,z\n" * n,
    "tables between empty lines": lambda n: "name,value\nx,1\n\n" * n,
}


def _sheet(rows: str, rest: str = "") -> bytes:
    return workbook_with(f"<worksheet {NS}><sheetData>{rows}</sheetData>{rest}</worksheet>")


def workbook_with(sheet: str, styles: str = "", name: str = "xl/s.xml") -> bytes:
    base = workbook([["a", "b"], ["c", "d"]])

    def change(part: str, content: bytes) -> bytes:
        if part == "xl/st.xml" and styles:
            return f"<styleSheet {NS}>{styles}</styleSheet>".encode()
        return sheet.encode() if part == name else content

    return with_parts(base, change)


def _cell(place: str, text: str = "a") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _two_rows(rest: str) -> str:
    return f"<row r='1'>{_cell('A1')}{_cell('B1')}</row><row r='2'>{_cell('A2')}</row>{rest}"


XLSX: Final[dict[str, Callable[[int], bytes]]] = {
    "open merges in a comment": lambda n: _sheet(_two_rows(""), f"<!--{'<mergeCell ' * n}-->"),
    "merges of one cell": lambda n: _sheet(_two_rows(""), '<mergeCell ref="A1:A9000"/>' * n),
    "merges beside each other": lambda n: _sheet(
        "".join(f"<row r='{at}'>{_cell(f'A{at}')}</row>" for at in range(1, n)),
        "".join(f'<mergeCell ref="A{at}:C{at + 3000}"/>' for at in range(1, n)),
    ),
    "rows": lambda n: _sheet("".join(f"<row>{_cell(f'A{at}')}</row>" for at in range(1, n))),
    "formats": lambda n: workbook_with(
        f"<worksheet {NS}><sheetData>{'<row><c><v>1</v></c></row>' * n}</sheetData></worksheet>",
        f"<numFmts><numFmt numFmtId='200' formatCode='{'[' * n}'/></numFmts><cellXfs><xf numFmtId='200'/></cellXfs>",
    ),
    "nested elements": lambda n: _sheet(f"<row><c t='inlineStr'>{'<is>' * n}{'</is>' * n}</c></row>" + _two_rows("")),
    "tables below each other": lambda n: _sheet(
        "".join(f"<row r='{3 * at}'>{_cell(f'A{3 * at}')}{_cell(f'B{3 * at}')}</row>" for at in range(1, n))
    ),
    "formulas that wait for each other": lambda n: _sheet(
        "".join(f"<row r='{at}'><c r='A{at}'><f>A{at + 1}+1</f></c></row>" for at in range(1, n)) + _two_rows("")
    ),
    "one long formula": lambda n: _sheet(f"<row><c><f>{'1+' * n}1</f></c></row>" + _two_rows("")),
    "filters": lambda n: _sheet(
        "".join(f"<row r='{at}' hidden='1'>{_cell(f'A{at}')}</row>" for at in range(1, n)),
        '<autoFilter ref="A2:B3"/>' * n,
    ),
}

_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _word(body: str, styles: str = "") -> bytes:
    relation = f'<Relationship Id="r1" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations.format(relation.format("officeDocument", "word/document.xml")),
            "word/_rels/document.xml.rels": relations.format(relation.format("styles", "styles.xml")),
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        }
    )


def _paragraph(text: str = "word", style: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


DOCX: Final[dict[str, Callable[[int], bytes]]] = {
    "paragraphs": lambda n: _word(_paragraph() * n),
    "styles in a chain": lambda n: _word(
        _paragraph(style="s0") * n,
        "".join(f'<w:style w:styleId="s{at}"><w:basedOn w:val="s{at + 1}"/></w:style>' for at in range(n)),
    ),
    "styles in a circle": lambda n: _word(
        _paragraph(style="a") * n,
        '<w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style>',
    ),
    "nested tables": lambda n: _word(
        "<w:tbl><w:tr><w:tc>" * n + _paragraph() + "</w:tc></w:tr></w:tbl>" * n + _paragraph()
    ),
    "nested text boxes": lambda n: _word(
        "<w:p><w:r><w:txbxContent>" * n + _paragraph() + "</w:txbxContent></w:r></w:p>" * n + _paragraph()
    ),
    "spanning cells": lambda n: _word(
        "<w:tbl>"
        + f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="9999"/></w:tcPr>{_paragraph()}</w:tc></w:tr>' * n
        + "</w:tbl>"
    ),
    "runs of one paragraph": lambda n: _word("<w:p>" + "<w:r><w:t>a </w:t></w:r>" * n + "</w:p>"),
    "lists": lambda n: word_file(
        "".join(paragraph("word", numbering=str(at), level=at % 2) for at in range(n)),
        {
            "numbering": (
                "numbering",
                numbering({"0": level(0, "%1.") + level(1, "%1.%2")}, {str(at): ("0", "") for at in range(n)}),
            )
        },
    ),
    "overlapping comments": lambda n: word_file(
        paragraph("".join(f'<w:commentRangeStart w:id="{at}"/>{text("word")}' for at in range(n))),
        {
            "comments": (
                "comments",
                "<w:comments>"
                + "".join(f'<w:comment w:id="{at}">{paragraph("word")}</w:comment>' for at in range(n))
                + "</w:comments>",
            )
        },
    ),
    "sections with a header": lambda n: word_file(
        paragraph("word", properties='<w:sectPr><w:headerReference r:id="h"/></w:sectPr>') * n,
        {"h": ("header", f"<w:hdr>{paragraph(text('page ') + field('PAGE', '1')) * n}</w:hdr>")},
    ),
    "series of a chart": lambda n: word_file(
        paragraph('<w:r><c:chart r:id="x"/></w:r>') + paragraph("word"),
        {
            "x": (
                "chart",
                "<c:chartSpace><c:chart><c:plotArea><c:barChart>"
                + '<c:ser><c:val><c:numLit><c:pt idx="0"><c:v>1</c:v></c:pt></c:numLit></c:val></c:ser>' * n
                + "</c:barChart></c:plotArea></c:chart></c:chartSpace>",
            )
        },
    ),
    "diagram in a circle": lambda n: word_file(
        paragraph('<w:r><dgm:relIds r:dm="d"/></w:r>') + paragraph("word"),
        {
            "d": (
                "diagramData",
                "<dgm:dataModel><dgm:ptLst>"
                + "".join(f'<dgm:pt modelId="{at}"><dgm:t><a:p><a:t>a</a:t></a:p></dgm:t></dgm:pt>' for at in range(n))
                + "</dgm:ptLst><dgm:cxnLst>"
                + "".join(f'<dgm:cxn srcId="{at}" destId="{(at + 1) % n}"/>' for at in range(n))
                + "</dgm:cxnLst></dgm:dataModel>",
            )
        },
    ),
}  # fmt: skip


def _pdf(*pages: str, annotations: str = "", form: str = "") -> bytes:
    """Without a table of objects, which PDFium builds again; pages are drawing operators."""
    kids = " ".join(f"{10 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        f"1 0 obj<</Type/Catalog/Pages 2 0 R{form}>>endobj",
        f"2 0 obj<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>endobj",
        "3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
    ]
    for at, drawing in enumerate(pages):
        number = 10 + 2 * at
        objects.append(
            f"{number} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {number + 1} 0 R"
            f"/Resources<</Font<</F 3 0 R>>>>/Annots[{annotations}]>>endobj"
        )
        objects.append(f"{number + 1} 0 obj<</Length {len(drawing)}>>stream\n{drawing}\nendstream endobj")
    return ("%PDF-1.4\n" + "\n".join(objects) + "\ntrailer<</Root 1 0 R>>\n%%EOF").encode()


def _text_at(x: float, y: float, text: str) -> str:
    return f"BT /F 8 Tf {x:.1f} {y:.1f} Td ({text}) Tj ET\n"


def _line(left: int, bottom: int, right: int, top: int) -> str:
    return f"{left} {bottom} m {right} {top} l S\n"


def _fields(count: int, across: int) -> str:
    """Filled text fields of a page, ``across`` of them side by side."""
    return "".join(
        f"<</Type/Annot/Subtype/Widget/FT/Tx/T(f{at})/V(value {at})"
        f"/Rect[{20 + at % across} {780 - at // across % 760} {40 + at % across} {790 - at // across % 760}]>>"
        for at in range(count)
    )


def _comments(count: int, kind: str) -> str:
    quad = "/QuadPoints[0 800 600 800 0 0 600 0]" * (kind == "Highlight")
    return f"<</Type/Annot/Subtype/{kind}/Contents(seen)/Rect[50 390 90 410]{quad}>>" * count


def _words(count: int) -> str:
    return "".join(_text_at(5 + at * 590 / count, 400, "w:") for at in range(count))


PDF: Final[dict[str, Callable[[int], bytes]]] = {
    "lines of a page": lambda n: _pdf("".join(_text_at(50, 790 - at * 780 / n, "some words here") for at in range(n))),
    "words of a line": lambda n: _pdf("".join(_text_at(5 + at * 590 / n, 400, "w") for at in range(n))),
    "words all over": lambda n: _pdf("".join(_text_at(at * 37 % 580, at * 91 % 780, f"w{at}") for at in range(n))),
    "columns": lambda n: _pdf(
        "".join(_text_at(20 + 110 * (at % 5), 780 - at // 5 * 3800 / n, "a b") for at in range(n))
    ),
    "strokes": lambda n: _pdf(
        _text_at(50, 700, "word") + "".join(_line(at % 500, at % 700, at % 500 + 50, at % 700) for at in range(n))
    ),
    "a grid": lambda n: _pdf(
        _text_at(50, 700, "word")
        + "".join(_line(at, 40, at, 760) + _line(40, at, 560, at) for at in range(40, 40 + n // 4, 5))
    ),
    "pages": lambda n: _pdf(*[_text_at(50, 400, f"page {at} of the file") for at in range(n // 10)]),
    "fields of a page": lambda n: _pdf(_words(n), annotations=_fields(n, 1), form="/AcroForm<</Fields[]>>"),
    "fields of a line": lambda n: _pdf(_words(n), annotations=_fields(n, n), form="/AcroForm<</Fields[]>>"),
    "typed text": lambda n: _pdf(_words(n), annotations=_comments(n, "FreeText")),
    "marked passages": lambda n: _pdf(_words(n), annotations=_comments(n, "Highlight")),
    "spaced letters": lambda n: _pdf("".join(_text_at(50, 790 - at * 780 / n, "T E R M S") for at in range(n))),
    "rows with leaders": lambda n: _pdf("".join(_text_at(50, 790 - at * 780 / n, "tea ..... 2") for at in range(n))),
    "open sentences": lambda n: _pdf(*[_text_at(50, 400, "and goes on to the") for _ in range(n // 10)]),
    "hyphens at line ends": lambda n: _pdf("".join(_text_at(50, 790 - at * 780 / n, "word-") for at in range(n))),
}  # fmt: skip
