from __future__ import annotations

from voicehelper.ingestion.parsers.common.cleaning import clean_text, join_lines


def test_presentation_forms_become_the_characters_themselves() -> None:
    assert clean_text("进⼊⻚⾯，ﬁle\u00a0x\u00ad") == "进入页面，file x"


def test_wrapped_lines_are_joined_by_a_space_only_where_the_script_has_spaces() -> None:
    assert join_lines(["报总经", "理批准", "", "by the", "board"]) == "报总经理批准 by the board"
