"""Small files of several formats, made in memory, and shortcuts to what is read from them."""

from __future__ import annotations

import io
import zipfile

from voicehelper.ingestion.parsed_document import Block, ParsedDocument


def texts(parsed: ParsedDocument) -> list[str]:
    return [block.text for block in parsed.blocks]


def block_with(parsed: ParsedDocument, text: str) -> Block:
    return next(block for block in parsed.blocks if text in block.text)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEETS = '<sheets><sheet name="Prices" r:id="r1"/></sheets>'
STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/></cellXfs>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(rows: list[list[str | float]], merges: str = "", styles: dict[str, int] | None = None) -> bytes:
    cells = [
        "".join(_cell(f"{chr(65 + column)}{row}", value, styles or {}) for column, value in enumerate(values))
        for row, values in enumerate(rows, 1)
    ]
    data = "".join(f'<row r="{row}">{content}</row>' for row, content in enumerate(cells, 1))
    relation = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    inner = relation.format("r1", OFFICE, "worksheet", "s.xml") + relation.format("r2", OFFICE, "styles", "st.xml")
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations.format(relation.format("r1", OFFICE, "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {NS} xmlns:r="{OFFICE}">{SHEETS}</workbook>',
            "xl/_rels/workbook.xml.rels": relations.format(inner),
            "xl/st.xml": f"<styleSheet {NS}>{STYLES}</styleSheet>",
            "xl/s.xml": f"<worksheet {NS}><sheetData>{data}</sheetData>{merges}</worksheet>",
        }
    )


def _cell(place: str, value: str | float, styles: dict[str, int]) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""
    return f'<c r="{place}" s="{styles.get(place, 0)}"><v>{value!r}</v></c>'


CHINESE = "关于调整年度采购计划的通知\n\n经研究决定，本年度采购预算总额调整为三百万元，请各部门按照规定的时间提交申请。"
