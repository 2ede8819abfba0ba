from __future__ import annotations

from voicehelper.ingestion.recognised import Recognition, merged_results, results_from_json, results_to_json
from voicehelper.shapes.recognition import Box, RecognisedLine, RecognisedPage, RecognisedTable, RecognisedWord

WORD = RecognisedWord("Pump", Box(0.1, 0.1, 0.2, 0.2), 0.9)
LINE = RecognisedLine("Pump 12", Box(0.1, 0.1, 0.3, 0.2), 0.9, (WORD,))
TABLE = RecognisedTable((("Part", "Price"), ("泵", "12")), Box(0.0, 0.0, 1.0, 0.5))
PAGE = RecognisedPage(1, (LINE,), (TABLE,), 0.9, 180, "Pump 12")


def test_what_was_recognised_is_read_again_without_single_words() -> None:
    one, other = {"page:1": Recognition(PAGE)}, {"page:2": Recognition(None, "corrupt")}

    read = results_from_json(merged_results([results_to_json(one), results_to_json(other)]))

    assert read["page:2"] == other["page:2"]
    page = read["page:1"].page
    assert page
    assert (page.tables, page.rotation, page.lines[0].text, page.lines[0].words) == ((TABLE,), 180, "Pump 12", ())
