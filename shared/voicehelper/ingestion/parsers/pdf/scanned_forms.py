"""Letters, bills and tickets that were scanned: no headings, and one number that tells the paper from all others.

Entry function: ``form_blocks``, called by ``assembly`` for documents of one or two recognised pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from voicehelper.ingestion.parsed_document import Block

_NUMBER = re.compile(
    r"(?i:invoice|bill|receipt|contract|order|report|policy|case|ticket|quotation|offer|statement|agreement)"
    r"(?:[ ]?(?i:no|number|nr|id)\b)?[.:#： ]{1,3}(?=[A-Z\d/-]{0,20}\d)[A-Z\d][A-Z\d/-]{2,40}\b"
    r"|(?:合同|发票|订单|报告|单据|保单|收据|协议|票据|送货单|申请)(?:编号|号码|号)[:： ]{0,2}[A-Za-z\d-]{4,40}"
)

_TICKET_CHARACTERS = 200  # fewer, and without labels or sentences
_MARKED = re.compile(r"[:：](?!\d)|[。；;]|[.!?](?:\s|$)")


def form_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Large type on a form is its letterhead or a station, and begins no section. Its number, as it is written on the
    form, takes the place of a heading: a question names it, and every other line is about it.
    """
    flat = [replace(block, kind="paragraph" if block.kind == "heading" else block.kind) for block in blocks]
    if _is_ticket(flat):
        return iter([replace(flat[0], text=" ".join(" ".join(block.text for block in flat).split()), heading_path=())])
    number = next((found[0] for block in flat if (found := _NUMBER.search(block.text))), None)
    path = (number,) if number else ()
    return (replace(block, heading_path=path) for block in flat)


def _is_ticket(blocks: Sequence[Block]) -> bool:
    """A few words on one page, none of which says what the others are: they mean something together alone."""
    if not blocks or len({block.place for block in blocks}) > 1 or any(block.kind == "table" for block in blocks):
        return False
    text = "\n".join(block.text for block in blocks)
    return len(text) <= _TICKET_CHARACTERS and not _MARKED.search(text)
