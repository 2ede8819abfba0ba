"""Lists over the border of two chunks are answered from both, each part from its own passage."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from voicehelper.answering.reader.compose import compose_answer
from voicehelper.index.chunk import Place
from voicehelper.index.passage import Passage

from tests.unit.answering.passages import flat_idf


def passage(text: str, page: int, score: float = 1.0) -> Passage:
    return Passage(uuid4(), uuid4(), "Guide", text, Place(page=page), score=score)


LEAD = "Visitors to the laboratory must bring the following items:"


def test_items_on_the_next_page_answer_with_their_own_mark() -> None:
    lead = passage(LEAD, 1)
    items = replace(passage("- a passport\n- a helmet\nThe laboratory closes at six.", 2, 0.0), after=lead.chunk_id)

    said = compose_answer("What must visitors to the laboratory bring?", [lead, items], flat_idf)

    assert said.text == f"{LEAD} [1]\n- a passport\n- a helmet [2]"
    assert said.citations == [0, 1]


def test_a_list_that_begins_in_the_middle_has_its_lead_in() -> None:
    items = passage("- laboratory visitors: a passport\n- laboratory visitors: a helmet", 2)
    lead = replace(passage(f"The hall is open.\n{LEAD}", 1, 0.0), before=items.chunk_id)

    said = compose_answer("Which passport and helmet must laboratory visitors bring?", [items, lead], flat_idf)

    assert LEAD in said.text
    assert set(said.citations) == {0, 1}


def test_what_is_announced_without_a_list_is_quoted_from_its_place() -> None:
    lead = passage("实验室访客的登记办法如下：", 1)
    rest = replace(passage("访客在前台出示证件。前台发放胸卡。", 2, 0.0), after=lead.chunk_id)

    said = compose_answer("实验室访客的登记办法是什么？", [lead, rest], flat_idf)

    assert "前台发放胸卡。 [2]" in said.text


def test_a_whole_sentence_brings_nothing_of_its_neighbour() -> None:
    fee = passage("The laboratory fee is 5 euros.", 1)
    rest = replace(passage("The hall closes at six.", 2, 0.0), after=fee.chunk_id)

    said = compose_answer("What is the laboratory fee?", [fee, rest], flat_idf)

    assert said.citations == [0]
