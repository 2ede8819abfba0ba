"""What every ``ChunkIndex`` does, held against each of them: the next one joins by a fixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from voicehelper.index.bm25 import query_counts
from voicehelper.index.chunk import Chunk
from voicehelper.index.fusion import fuse
from voicehelper.index.links import COMMON, MAX_DOCUMENTS
from voicehelper.index.passage import Passage
from voicehelper.index.protocol import Beside, IndexCounts, Link, LinkRequest, SearchRequest

from tests.integration.index.conftest import Store
from tests.support.bases import Base, chunks_of

TEXTS = (
    "空气滤网每 3 个月更换一次。",
    "锅炉的额定压力是 0.8 MPa。",
    "The filter of the pump is washed by the operator every 14 days.",
)


def vector(number: int) -> list[float]:
    return [float(place == number) for place in range(384)]


def write(store: Store, base: Base, document_id: UUID, texts: Sequence[str] = TEXTS, **metadata: Any) -> list[Chunk]:
    chunks = chunks_of(document_id, *texts)
    text = store.backend.prepare_text(chunks)
    vectors = store.backend.prepare_vectors(chunks, [vector(n) for n in range(len(chunks))])
    with store.open(base.tenant_id) as index:
        index.replace_text(base.ref(document_id), text, metadata)
        index.add_vectors(base.ref(document_id), vectors)
    return chunks


def indexed(store: Store, texts: Sequence[str] = TEXTS, **metadata: Any) -> tuple[Base, UUID]:
    base = store.new_base()
    document_id = store.new_document(base)
    write(store, base, document_id, texts, **metadata)
    return base, document_id


def search(store: Store, base: Base, text: str = "", *, tenant_id: UUID | None = None, **more: Any) -> list[Passage]:
    """Best first."""
    wanted = SearchRequest([base.kb_id], query_counts(text), **more)
    with store.open(tenant_id or base.tenant_id) as index:
        return fuse(index.search(wanted).passages, wanted.legs)


def count(store: Store, base: Base, document_id: UUID) -> IndexCounts:
    with store.open(base.tenant_id) as index:
        return index.count(base.ref(document_id))


def test_words_find_text_in_either_script(store: Store) -> None:
    base, _ = indexed(store)

    assert search(store, base, "滤网多久更换")[0].text == TEXTS[0]
    assert search(store, base, "濾網多久更換")[0].text == TEXTS[0]


def test_a_vector_finds_its_nearest_chunk(store: Store) -> None:
    base, _ = indexed(store)

    first = search(store, base, vector=vector(1))[0]

    assert (first.text, first.vector_rank, first.lexical_rank) == (TEXTS[1], 1, None)
    assert first.similarity == pytest.approx(1.0, abs=1e-3)


def test_both_legs_score_every_chunk_that_either_found(store: Store) -> None:
    base, _ = indexed(store)

    passages = search(store, base, "filter washed", vector=vector(2))

    assert passages[0].text == TEXTS[2]
    assert {passage.similarity is not None for passage in passages} == {True}
    assert [passage.score for passage in passages] == sorted((p.score for p in passages), reverse=True)


def test_a_passage_says_where_it_stands(store: Store) -> None:
    base, document_id = indexed(store)

    first = search(store, base, "锅炉压力")[0]

    assert (first.document_id, first.page, first.title) == (document_id, 2, "手册")


def test_a_leg_recalls_no_more_than_its_limit(store: Store) -> None:
    base, _ = indexed(store)

    assert len(search(store, base, vector=vector(0), leg_limit=1)) == 1


def test_the_nearest_in_the_other_language_are_marked(store: Store) -> None:
    base, _ = indexed(store)

    passages = search(store, base, "滤网", vector=vector(0), leg_limit=1, cross_lingual_limit=1, is_chinese=True)

    assert {passage.text: passage.is_cross_lingual for passage in passages} == {TEXTS[0]: False, TEXTS[2]: True}


def test_rare_words_weigh_more_than_common_ones(store: Store) -> None:
    base, _ = indexed(store, ["pump manual", "pump valve", "pump hose"])
    terms = query_counts("pump valve")

    with store.open(base.tenant_id) as index:
        idf = index.search(SearchRequest([base.kb_id], terms)).idf

    common, rare = (idf[term] for term in terms)

    assert rare > common > 0


def test_metadata_filters_hold_for_both_legs(store: Store) -> None:
    base, _ = indexed(store, lang="zh", tags=["a", "b"])

    for wanted, expected in (({"lang": "zh"}, 3), ({"tags": ["b"]}, 3), ({"lang": "en"}, 0), ({"none": 1}, 0)):
        assert len(search(store, base, "滤网", vector=vector(0), metadata=wanted)) == expected


def test_another_tenant_finds_nothing_even_with_the_id_of_the_base(store: Store) -> None:
    base, _ = indexed(store)
    stranger = store.new_base()

    assert search(store, base, "滤网", vector=vector(0), tenant_id=stranger.tenant_id) == []


def test_another_base_finds_nothing(store: Store) -> None:
    indexed(store)

    assert search(store, store.new_base(), "滤网", vector=vector(0)) == []


def test_writing_again_changes_nothing(store: Store) -> None:
    base, document_id = indexed(store)
    before = search(store, base, "滤网多久更换", vector=vector(0))

    write(store, base, document_id)

    assert search(store, base, "滤网多久更换", vector=vector(0)) == before
    assert count(store, base, document_id) == IndexCounts(3, 3)


def test_new_text_replaces_the_old(store: Store) -> None:
    base, document_id = indexed(store)

    write(store, base, document_id, ["阀门每年检查一次。"])

    assert search(store, base, "滤网多久更换") == []
    assert count(store, base, document_id) == IndexCounts(1, 1)


def test_a_deleted_document_is_found_no_more_and_its_neighbour_still_is(store: Store) -> None:
    base, document_id = indexed(store)
    neighbour = store.new_document(base)
    write(store, base, neighbour, ["滤网由厂家更换。"])

    with store.open(base.tenant_id) as index:
        index.delete(base.ref(document_id))
        index.delete(base.ref(document_id))

    assert {passage.document_id for passage in search(store, base, "滤网更换", vector=vector(0))} == {neighbour}
    assert count(store, base, document_id) == IndexCounts(0, 0)


def test_without_its_vectors_a_base_is_found_by_words_alone(store: Store) -> None:
    base, document_id = indexed(store)

    with store.open(base.tenant_id) as index:
        index.drop_vectors(base.kb_id)

    assert search(store, base, vector=vector(0)) == []
    assert search(store, base, "滤网", vector=vector(0))[0].similarity is None
    assert count(store, base, document_id) == IndexCounts(3, 0)


def test_nothing_to_look_for_finds_nothing(store: Store) -> None:
    base, _ = indexed(store)

    assert search(store, base, "") == []


def test_documents_are_read_in_order_up_to_a_limit_each(store: Store) -> None:
    base, first = indexed(store)
    second = store.new_document(base)
    write(store, base, second, TEXTS[1:])

    with store.open(base.tenant_id) as index:
        texts = [passage.text for passage in index.read([second, first], limit=2)]
        assert [passage.score for passage in index.read([first], limit=9)] == [0.0, 0.0, 0.0]
        assert index.read([first], sheet="none of that name", limit=9) == []

    assert texts == [TEXTS[1], TEXTS[2], TEXTS[0], TEXTS[1]]


def test_another_tenant_reads_nothing(store: Store) -> None:
    _, document_id = indexed(store)

    with store.open(store.new_base().tenant_id) as index:
        assert index.read([document_id], limit=9) == []


def test_the_chunks_beside_another_are_read_with_what_they_stand_beside(store: Store) -> None:
    base = store.new_base()
    document_id = store.new_document(base)
    texts = ("Fees in EUR", "Name: a | Fee: 1", "Name: b | Fee: 2", "Fees are due in May.")
    ids = [chunk.chunk_id for chunk in write(store, base, document_id, texts)]

    with store.open(base.tenant_id) as index:
        beside = index.beside([Beside(ids[2], -1), Beside(ids[2], 1), Beside(ids[2], -1, is_table=True)])
        ends = index.beside([Beside(ids[0], -1), Beside(ids[3], 1), Beside(ids[0], -1, is_table=True)])

    assert [(p.chunk_id, p.before, p.after) for p in beside] == [
        (ids[1], ids[2], None),
        (ids[3], None, ids[2]),
        (ids[0], ids[2], None),
    ]
    assert ends == []


def test_nothing_of_another_tenant_is_beside_a_chunk(store: Store) -> None:
    base, _ = indexed(store)
    (first, *_) = search(store, base, TEXTS[0])

    with store.open(store.new_base().tenant_id) as index:
        assert index.beside([Beside(first.chunk_id, 1)]) == []


def write_titled(store: Store, base: Base, title: str, text: str, **metadata: Any) -> Chunk:
    """A document of one chunk."""
    document_id = store.new_document(base)
    [chunk] = chunks_of(document_id, text)
    chunk = replace(chunk, title=title)
    with store.open(base.tenant_id) as index:
        index.replace_text(base.ref(document_id), store.backend.prepare_text([chunk]), metadata)
    return chunk


def links(store: Store, base: Base, *chunks: Chunk, question: str = "", **more: Any) -> list[Link]:
    terms = {term: float(times) for term, times in query_counts(question).items()}
    tenant_id = more.pop("tenant_id", base.tenant_id)
    with store.open(tenant_id) as index:
        return index.links(LinkRequest([base.kb_id], [chunk.chunk_id for chunk in chunks], terms, **more))


def ends(found: list[Link]) -> set[tuple[UUID | None, UUID, int]]:
    return {(link.source, link.passage.chunk_id, link.hop) for link in found}


def test_a_chunk_leads_to_those_whose_titles_its_text_names_and_on_from_there(store: Store) -> None:
    base = store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.")
    person = write_titled(store, base, "Helga Moritz", "The engineer was born near Ostrel Bay.")
    place = write_titled(store, base, "Ostrel Bay", "A bay with 300 inhabitants.")
    write_titled(store, base, "Grain Silo", "Nothing of the above.")

    found = links(store, base, bridge)

    assert ends(found) == {
        (bridge.chunk_id, person.chunk_id, 1), (person.chunk_id, place.chunk_id, 2),
    }  # fmt: skip
    assert {link.is_title for link in found} == {True}


def test_names_in_chinese_lead_from_either_script(store: Store) -> None:
    base = store.new_base()
    project = write_titled(store, base, "a", "北辰項目由啟明小組實施。")
    team = write_titled(store, base, "b", "启明小组的组长是周岚。")
    person = write_titled(store, base, "c", "周岚的办公室在三楼。")

    assert {(project.chunk_id, team.chunk_id, 1), (team.chunk_id, person.chunk_id, 2)} <= ends(
        links(store, base, project)
    )


def test_a_question_leads_to_the_chunks_it_names(store: Store) -> None:
    base = store.new_base()
    chunk = write_titled(store, base, "Varn Bridge", "The crossing was opened in 1902.")

    assert ends(links(store, base, question="When was Varn Bridge opened?")) == {(None, chunk.chunk_id, 1)}
    assert links(store, base, question="When was the tunnel opened?") == []


def test_links_do_not_depend_on_the_order_of_the_documents(store: Store) -> None:
    base = store.new_base()
    person = write_titled(store, base, "Helga Moritz", "The engineer was born near Ostrel Bay.")
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.")

    assert ends(links(store, base, bridge)) == {(bridge.chunk_id, person.chunk_id, 1)}


def test_a_name_that_many_documents_have_leads_nowhere(store: Store) -> None:
    base = store.new_base()
    source = write_titled(store, base, "Varn Bridge", "See the Site Report.")
    for number in range(MAX_DOCUMENTS + 1):
        write_titled(store, base, "Site Report", f"Number {number}.")

    assert links(store, base, source) == []


def test_a_title_that_is_a_common_word_leads_nowhere(store: Store) -> None:
    base = store.new_base()
    sources = [write_titled(store, base, f"Q{n}X", f"Water runs in pipe P{n}Z.") for n in range(COMMON + 1)]
    write_titled(store, base, "Water", "A liquid.")

    assert links(store, base, sources[0]) == []


def test_links_of_another_tenant_and_another_base_are_out_of_reach(store: Store) -> None:
    base, other = store.new_base(), store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.")
    person = write_titled(store, other, "Helga Moritz", "The engineer was born near Ostrel Bay.")

    assert links(store, base, bridge) == []
    assert links(store, other, bridge, question="Varn Bridge") == []
    assert links(store, other, person, question="Helga Moritz", tenant_id=base.tenant_id) == []


def test_filtered_documents_are_not_linked(store: Store) -> None:
    base = store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.", team="a")
    write_titled(store, base, "Helga Moritz", "The engineer was born near Ostrel Bay.", team="b")

    assert links(store, base, bridge, metadata={"team": "a"}) == []
    assert len(links(store, base, bridge)) == 1


def test_links_end_with_their_documents_and_come_back_the_same(store: Store) -> None:
    base = store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.")
    document_id = store.new_document(base)
    write(store, base, document_id, ["Helga Moritz was born near Ostrel Bay."])
    before = links(store, base, bridge)

    write(store, base, document_id, ["Helga Moritz was born near Ostrel Bay."])
    again = links(store, base, bridge)
    write(store, base, document_id, ["Nobody was born near Ostrel Bay."])
    replaced = links(store, base, bridge)
    with store.open(base.tenant_id) as index:
        index.delete(base.ref(document_id))

    assert before
    assert again == before
    assert (replaced, links(store, base, bridge)) == ([], [])


def put(store: Store, base: Base, document_id: UUID, *chunks: Chunk, near: int = 9, **metadata: Any) -> None:
    text = store.backend.prepare_text(chunks)
    vectors = store.backend.prepare_vectors(chunks, [vector(near) for _ in chunks])
    with store.open(base.tenant_id) as index:
        index.put_chunks(base.ref(document_id), text, vectors, metadata)


def test_a_chunk_is_put_in_place_of_the_one_with_its_id(store: Store) -> None:
    base, document_id = indexed(store, lang="zh")
    first = replace(chunks_of(document_id, *TEXTS)[0], text="水箱每年清洗一次。")

    put(store, base, document_id, first, lang="zh")

    assert count(store, base, document_id) == IndexCounts(3, 3)
    assert search(store, base, "空气滤网") == []
    assert search(store, base, "水箱清洗", metadata={"lang": "zh"})[0].chunk_id == first.chunk_id
    assert search(store, base, vector=vector(9))[0].text == first.text
    assert search(store, base, vector=vector(1))[0].text == TEXTS[1]


def test_a_chunk_is_put_beside_the_others(store: Store) -> None:
    base, document_id = indexed(store)
    [more] = chunks_of(document_id, "水箱每年清洗一次。")

    put(store, base, document_id, replace(more, sequence=3))
    with store.open(base.tenant_id) as index:
        (last,) = index.beside([Beside(chunks_of(document_id, *TEXTS)[2].chunk_id, 1)])

    assert count(store, base, document_id) == IndexCounts(4, 4)
    assert last.chunk_id == more.chunk_id


def test_a_removed_chunk_is_reached_by_no_way(store: Store) -> None:
    base, document_id = indexed(store)
    first, second, third = chunks_of(document_id, *TEXTS)

    for _ in range(2):
        with store.open(base.tenant_id) as index:
            index.remove_chunks(base.ref(document_id), [second.chunk_id])

    assert count(store, base, document_id) == IndexCounts(2, 2)
    assert search(store, base, "锅炉压力") == []
    assert TEXTS[1] not in {passage.text for passage in search(store, base, vector=vector(1))}
    with store.open(base.tenant_id) as index:
        assert index.beside([Beside(first.chunk_id, 1), Beside(third.chunk_id, -1)]) == []
        assert {p.chunk_id for p in index.read([document_id], limit=9)} == {first.chunk_id, third.chunk_id}


def test_a_removed_chunk_is_no_end_of_a_link(store: Store) -> None:
    base = store.new_base()
    bridge = write_titled(store, base, "Varn Bridge", "The crossing was designed by Helga Moritz.")
    document_id = store.new_document(base)
    person, other = write(store, base, document_id, ["Helga Moritz was born near Ostrel Bay.", "Nothing."])
    before = {link.passage.chunk_id for link in links(store, base, bridge)}

    with store.open(base.tenant_id) as index:
        index.remove_chunks(base.ref(document_id), [person.chunk_id])

    assert person.chunk_id in before
    assert person.chunk_id not in {link.passage.chunk_id for link in links(store, base, bridge)}
    assert count(store, base, document_id).chunks == 1
    assert other.chunk_id


def test_weights_of_words_follow_single_chunks(store: Store) -> None:
    """As in a base that was written like this at once."""
    base, document_id = indexed(store, ["pump manual", "pump valve", "pump hose"])
    chunks = chunks_of(document_id, "pump manual", "pump valve", "pump hose")
    put(store, base, document_id, replace(chunks[1], text="tank valve"))
    with store.open(base.tenant_id) as index:
        index.remove_chunks(base.ref(document_id), [chunks[2].chunk_id])
    fresh, _ = indexed(store, ["pump manual", "tank valve"])
    terms = query_counts("pump tank valve manual hose")

    found = []
    for one in (base, fresh):
        with store.open(one.tenant_id) as index:
            found.append(index.search(SearchRequest([one.kb_id], terms)).idf)

    assert found[0] == found[1]


def test_chunks_of_another_document_or_tenant_are_not_removed(store: Store) -> None:
    base, document_id = indexed(store)
    other, stranger = store.new_document(base), store.new_base()
    ids = [chunk.chunk_id for chunk in chunks_of(document_id, *TEXTS)]

    with store.open(base.tenant_id) as index:
        index.remove_chunks(base.ref(other), ids)
    with store.open(stranger.tenant_id) as index:
        index.remove_chunks(replace(base.ref(document_id), tenant_id=stranger.tenant_id), ids)

    assert count(store, base, document_id) == IndexCounts(3, 3)


def test_other_metadata_is_what_filters_compare(store: Store) -> None:
    base, document_id = indexed(store, lang="zh")
    other = store.new_document(base)
    write(store, base, other, ["滤网每周清洗。"], lang="zh")

    with store.open(base.tenant_id) as index:
        index.set_metadata(base.ref(document_id), {"year": 2024})

    assert {p.document_id for p in search(store, base, "滤网", metadata={"lang": "zh"})} == {other}
    assert {p.document_id for p in search(store, base, "滤网", metadata={"year": 2024})} == {document_id}
    assert {p.document_id for p in search(store, base, "滤网", metadata={"year": {"gt": 1}})} == {document_id}
