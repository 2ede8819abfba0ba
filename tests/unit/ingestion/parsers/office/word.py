"""Word documents of literal XML, and what is read from them."""

from __future__ import annotations

from collections.abc import Mapping

from voicehelper.ingestion.parse import parse_document
from voicehelper.ingestion.parsed_document import ParsedDocument

from tests.unit.ingestion.samples import OFFICE, zipped

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'


def text(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def field(instruction: str, result: str) -> str:
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{marks[0]}<w:r><w:instrText> {instruction} </w:instrText></w:r>{marks[1]}{text(result)}{marks[2]}"


def paragraph(
    content: str, *, style: str = "", numbering: str = "", level: int | None = 0, properties: str = ""
) -> str:
    """``content`` are words or runs; ``numbering`` is the id of a list."""
    depth = "" if level is None else f'<w:ilvl w:val="{level}"/>'
    listed = f'<w:numPr>{depth}<w:numId w:val="{numbering}"/></w:numPr>' if numbering else ""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    runs = content if content.startswith("<") or not content else text(content)
    return f"<w:p><w:pPr>{styled}{listed}{properties}</w:pPr>{runs}</w:p>"


def level(depth: int, pattern: str, number_format: str = "decimal", more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{number_format}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def numbering(definitions: Mapping[str, str], instances: Mapping[str, tuple[str, str]]) -> str:
    """Definition id → levels; instance id → (definition id, overrides)."""
    abstract = "".join(f'<w:abstractNum w:abstractNumId="{k}">{v}</w:abstractNum>' for k, v in definitions.items())
    nums = "".join(
        f'<w:num w:numId="{k}"><w:abstractNumId w:val="{definition}"/>{overrides}</w:num>'
        for k, (definition, overrides) in instances.items()
    )
    return f"<w:numbering {_NAMESPACES}>{abstract}{nums}</w:numbering>"


def word_file(body: str, parts: Mapping[str, tuple[str, str]] | None = None) -> bytes:
    """``parts`` are name → (type of relation, content), related to the text under their name."""
    parts = parts or {}
    related = "".join(_RELATION.format(name, OFFICE, kind, f"{name}.xml") for name, (kind, _) in parts.items())
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": _RELATIONS.format(_RELATION.format("r1", OFFICE, "officeDocument", "word/document.xml")),
            "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": _RELATIONS.format(related),
            **{
                f"word/{name}.xml": content if "xmlns:w=" in content else _rooted(content)
                for name, (_, content) in parts.items()
            },
        }
    )


def _rooted(content: str) -> str:
    """The content's own root with the namespaces declared."""
    name, _, rest = content.partition(">")
    return f"{name} {_NAMESPACES}>{rest}"


def read_word(body: str, parts: Mapping[str, tuple[str, str]] | None = None) -> ParsedDocument:
    return parse_document(word_file(body, parts), "text.docx")


def lines(body: str, parts: Mapping[str, tuple[str, str]] | None = None) -> list[str]:
    return [block.text for block in read_word(body, parts).blocks]
