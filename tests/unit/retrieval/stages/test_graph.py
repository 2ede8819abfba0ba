"""Graph retrieval: what names lead to is added or raised, and what was found stays."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from voicehelper.index.chunk import Chunk, Place
from voicehelper.index.memory import MemoryBackend, MemoryIndex
from voicehelper.index.passage import Passage
from voicehelper.retrieval.pipeline import Retrieval, retrieve, start
from voicehelper.retrieval.question import Question
from voicehelper.retrieval.stages.graph import KEPT, LINKED, NAME, GraphRetrieval
from voicehelper.shapes.document_ref import DocumentRef

TENANT, BASE = UUID(int=1), UUID(int=2)
BRIDGE = ("Varn Bridge", "The crossing was designed by Helga Moritz.")
PERSON = ("Helga Moritz", "The engineer was born near Ostrel Bay.")
BAY = ("Ostrel Bay", "A bay with 300 inhabitants.")


def filler(count: int) -> list[tuple[str, str]]:
    return [(f"Silo S{n}Q", f"Grain number {n} is dry.") for n in range(count)]


def key(title: str) -> UUID:
    return uuid5(BASE, title)


def index_of(*documents: tuple[str, str]) -> MemoryIndex:
    index, backend = MemoryIndex(TENANT), MemoryBackend()
    for title, text in documents:
        chunk = Chunk(key(title), 0, title, text, Place(), (), 9)
        index.replace_text(DocumentRef(TENANT, BASE, uuid5(TENANT, title)), backend.prepare_text([chunk]), {})
    return index


def found(question: str, *documents: tuple[str, str]) -> Retrieval:
    """The state after a search that ranked the documents in this order."""
    passages = tuple(
        Passage(key(title), uuid5(TENANT, title), title, text, Place(), score=1 - n / 20)
        for n, (title, text) in enumerate(documents)
    )
    return replace(start(Question(question, [BASE], "en", graph=True)), passages=passages)


def follow(index: MemoryIndex, state: Retrieval) -> Retrieval:
    return retrieve(state, [GraphRetrieval(index, [BASE], by_vector=False)])


def titles(state: Retrieval) -> list[str]:
    return [passage.title for passage in state.passages]


def test_passages_of_two_hops_are_added_after_the_first_ones() -> None:
    rest = filler(9)
    index = index_of(BRIDGE, PERSON, BAY, *rest)

    state = follow(index, found("How many live where the designer of the bridge was born?", BRIDGE, *rest))

    assert titles(state)[:KEPT] == ["Varn Bridge", rest[0][0]]
    assert "Helga Moritz" in titles(state)[:3]
    assert "Ostrel Bay" in titles(state)[:5]
    assert state.trace.features([NAME]) == [NAME]


def test_nothing_that_was_found_leaves_and_scores_fall() -> None:
    before = found("Who designed it?", BRIDGE, *filler(9))

    after = follow(index_of(BRIDGE, PERSON, BAY, *filler(9)), before)
    scores = [passage.score for passage in after.passages]

    assert set(titles(before)) <= set(titles(after))
    assert scores == sorted(scores, reverse=True)
    assert max(scores) <= 1


def test_a_linked_passage_that_was_found_late_is_raised() -> None:
    rest = filler(9)

    state = follow(index_of(BRIDGE, PERSON, *rest), found("Who designed it?", BRIDGE, *rest, PERSON))

    assert titles(state).index("Helga Moritz") == KEPT
    assert len(titles(state)) == len(rest) + 2


def test_without_a_link_the_stage_changes_nothing_and_says_so() -> None:
    before = found("How dry is grain?", *filler(5))

    after = follow(index_of(BRIDGE, *filler(5)), before)

    assert after.passages == before.passages
    assert after.trace.features([NAME]) == []
    assert after.trace.runs[-1].skip_reason


def test_words_that_stand_apart_are_no_link() -> None:
    source = ("Report", "Helga Brandt met Otto Moritz.")

    after = follow(index_of(source, PERSON, *filler(5)), found("Who met?", source, *filler(5)))

    assert "Helga Moritz" not in titles(after)


def test_a_part_of_a_longer_name_is_no_link() -> None:
    source, longer, part = ("Report", "The Ostrel Bay Ferry was late."), ("Ostrel Bay Ferry", "A boat."), BAY

    after = follow(index_of(source, longer, part, *filler(5)), found("What was late?", source, *filler(5)))

    assert "Ostrel Bay Ferry" in titles(after)
    assert "Ostrel Bay" not in titles(after)


def test_the_number_of_linked_passages_is_bounded() -> None:
    people = [(f"Anton Berg{n}man", "An engineer.") for n in range(30)]
    crowd = ("Crowd", f"Present: {', '.join(title for title, _ in people)}.")

    after = follow(index_of(crowd, *people), found("Who was present?", crowd))

    assert len(after.passages) <= 1 + LINKED


def test_the_trace_says_by_which_passages_another_was_reached() -> None:
    index = index_of(BRIDGE, PERSON, BAY, *filler(5))

    run = follow(index, found("How many live there?", BRIDGE, *filler(5))).trace.runs[-1]

    assert run.paths[key("Ostrel Bay")] == ("Varn Bridge", "Helga Moritz", "Ostrel Bay")


def test_a_chain_of_chinese_documents_with_file_names_for_titles_is_followed() -> None:
    project = ("a.md", "北辰项目由启明小组实施。")
    team = ("b.md", "启明小组的组长是周岚。")
    person = ("c.md", "周岚的办公室在三楼。")
    index = index_of(project, team, person, *filler(6))

    state = follow(index, found("北辰项目组长的办公室在几楼？", project, *filler(6)))

    assert titles(state)[3:5] == ["b.md", "c.md"]


def test_no_passage_and_an_empty_base_are_followed_to_nothing() -> None:
    state = follow(index_of(), found("Who?"))

    assert state.passages == ()
