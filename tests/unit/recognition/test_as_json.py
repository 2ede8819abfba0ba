"""A page goes through JSON and comes back."""

from __future__ import annotations

import json
from dataclasses import asdict

from voicehelper.recognition.as_json import page_from_json
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable, RecognisedWord


def test_a_page_comes_back_from_json_as_it_was() -> None:
    box = Box(0.1, 0.2, 0.3, 0.4)
    line = RecognisedLine("合计 5", box, 0.9, (RecognisedWord("合", box, 0.9),))
    page = RecognisedPage(2, (line,), (RecognisedTable((("a", "b"),), box),), 0.9, 90, "合计 5", "textract")

    assert page_from_json(json.loads(json.dumps(asdict(page)))) == page
