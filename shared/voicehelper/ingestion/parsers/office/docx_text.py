"""Text of Word paragraphs: what a reader sees, without deleted, hidden and alternative content.

Entry functions: ``run_text``, ``text_boxes`` and ``block_elements``, called by ``docx``, ``docx_tables`` and
``docx_margins``.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicehelper.ingestion.parsers.office.ooxml import Element, attribute, child, local

# Alternatives to other content, deleted text, field instructions and guides to pronunciation; boxes are read apart.
_SKIPPED = frozenset(
    {
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "Fallback",
        "pPr",
        "rPr",
        "proofErr",
        "sdtPr",
        "rt",
        "txbxContent",
        "tbl",
    }
)
_TRANSPARENT = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
# Signs of the fonts Wingdings and Wingdings 2 that stand for an answer; all others read as a bullet.
_SYMBOLS = {
    "FC": "✓", "FE": "☑", "FD": "☒", "A8": "☐", "6F": "☐", "78": "☒", "E0": "→", "FB": "✗", "52": "☑", "A3": "☐",
}  # fmt: skip
PAGE_NUMBER = "\ufffc"  # in place of the number that a field shows
_PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"})
_OFF = ("0", "false", "off")


def block_elements(container: Element) -> Iterator[Element]:
    """Paragraphs and tables, also inside content controls and insertions; iterative, because files may nest deeply."""
    stack = [iter(container)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif local(element) in ("p", "tbl"):
            yield element
        elif local(element) in _TRANSPARENT and not is_placeholder(element):
            stack.append(iter(element))


def run_text(element: Element, *, marks_page_numbers: bool = False) -> str:
    """The visible text of a paragraph without its text boxes. ``marks_page_numbers`` writes PAGE_NUMBER for each."""
    parts: list[str] = []
    fields = _Fields(marks_page_numbers)
    stack = [iter(element)]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        name = local(item)
        text = fields.text(item, name)
        if text:
            parts.append(text)
        elif text is None and name not in _SKIPPED and not _is_unseen(item, name):
            stack.append(iter(item))
    return "".join(parts)


class _Fields:
    """Follows fields: the instruction between the first two marks, then the result that is shown."""

    def __init__(self, marks_page_numbers: bool) -> None:
        self._marks = marks_page_numbers
        self._open: list[tuple[str, bool]] = []  # instruction, whether its result has begun

    def text(self, item: Element, name: str) -> str | None:
        """What the element itself shows; None where that is in its children."""
        if name == "fldChar":
            self._follow(attribute(item, "fldCharType"))
        elif name == "instrText" and self._open:
            self._open[-1] = (self._open[-1][0] + (item.text or ""), False)
        elif self._marks and self._is_page_number(item, name):
            return PAGE_NUMBER
        return _own_text(item, name)

    def _follow(self, mark: str | None) -> None:
        if mark == "begin":
            self._open.append(("", False))
        elif mark == "separate" and self._open:
            self._open[-1] = (self._open[-1][0], True)
        elif mark == "end" and self._open:
            self._open.pop()

    def _is_page_number(self, item: Element, name: str) -> bool:
        if name == "fldSimple":
            return _is_page_field(attribute(item, "instr") or "")
        in_result = any(begun and _is_page_field(instruction) for instruction, begun in self._open)
        return name == "pgNum" or (name == "t" and in_result)


def _is_page_field(instruction: str) -> bool:
    return bool(_PAGE_FIELDS.intersection(instruction.upper().split()[:1]))


def _own_text(item: Element, name: str) -> str | None:
    if name == "t":
        return item.text or ""
    if name == "sym":
        font, code = attribute(item, "font") or "", attribute(item, "char") or ""
        return _SYMBOLS.get(code.upper()[-2:], "•") if font.startswith("Wingdings") else "•"
    return _BREAKS.get(name)


def _is_unseen(item: Element, name: str) -> bool:
    if name == "r":
        vanish = child(child(item, "rPr"), "vanish")
        return vanish is not None and attribute(vanish, "val") not in _OFF
    return name == "sdt" and is_placeholder(item)


def is_placeholder(item: Element) -> bool:
    """A content control that nobody has filled in: it shows "Click here to enter text"."""
    shown = child(child(item, "sdtPr"), "showingPlcHdr") if local(item) == "sdt" else None
    return shown is not None and attribute(shown, "val") not in _OFF


def text_boxes(element: Element) -> Iterator[Element]:
    for box in element.iter():
        if local(box) == "txbxContent" and not any(
            local(up) in ("Fallback", "txbxContent") for up in box.iterancestors()
        ):
            yield box
