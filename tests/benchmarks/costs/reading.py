"""A trained reader of the size that is foreseen: its start, and five windows beside one question's vector.

Weights are random: time does not depend on them. One thread, CPU seconds, by turns.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from voicehelper.answering.reader.hand_made import HandMadeReader
from voicehelper.models.offline.cross_encoder import load_reader
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.models.offline.reader_layout import VOCABULARY, ReaderShape
from voicehelper.models.reading import MAX_WINDOWS, WINDOW_TOKENS, Reader, TextWindow
from voicehelper.text.excerpts import excerpt_around
from voicehelper.text.question_terms import question_terms

from tests.benchmarks.costs.figure import Figure
from tests.support.reader_model import random_arrays, write_reader

SHAPE: Final = ReaderShape(hidden=256, layers=6, heads=8, intermediate=1024, max_tokens=192, words=VOCABULARY, width=24)
ROUNDS: Final = 7
SENTENCES: Final = {
    "English": "Section {n} describes how the unit is drained, cleaned and filled again before it returns to service.",
    "Chinese": "第{n}节说明设备在恢复运行之前应如何排空、清洗并重新加注，以及由谁签字确认。",
}
QUESTIONS: Final = {"English": "Who signs for unit {n} after it was drained?", "Chinese": "第{n}号设备排空后由谁签字？"}


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        path = write_reader(Path(folder), random_arrays(SHAPE))
        yield Figure("trained reader, its file", path.stat().st_size / 1e6, "MB", most=13)
        embedder = OfflineEmbedder()
        embedder.embed_query("the tokenizer and the floats are there")
        starts = [_cpu(lambda: load_reader(path)) for _ in range(ROUNDS)]
        yield Figure("... loaded and checked", min(starts) * 1000, "ms", most=50)
        reader = load_reader(path)
        for language in SENTENCES:
            yield from _compared(language, reader, embedder)


def _compared(language: str, reader: Reader, embedder: OfflineEmbedder) -> Iterator[Figure]:
    vectors, trained, made = [], [], []
    for turn in range(ROUNDS):
        question, windows = QUESTIONS[language].format(n=turn), _windows(language, turn)
        by_hand = HandMadeReader(question_terms(question, lambda _term: 1.0))
        vectors.append(_cpu(lambda: embedder.embed_query(question)))  # noqa: B023  called at once
        trained.append(_cpu(lambda: reader.score(question, windows)))  # noqa: B023
        made.append(_cpu(lambda: by_hand.score(question, windows)))  # noqa: B023
    yield Figure(f"trained reader, five windows, {language}", min(trained) * 1000, "ms")
    yield Figure("... / a question's vector", min(trained) / min(vectors), most=6)
    yield Figure("... hand-made / a question's vector", min(made) / min(vectors), most=1)


def _windows(language: str, turn: int) -> Sequence[TextWindow]:
    """Others in each turn, because a reader keeps what it has judged."""
    numbers = range(100 * turn, 100 * turn + 60)
    sentences = [SENTENCES[language].format(n=number) for number in numbers]
    spans = [excerpt_around(sentences, 10 * n + 5, WINDOW_TOKENS) for n in range(MAX_WINDOWS)]
    return [TextWindow("Unit manual", tuple(sentences[number] for number in span)) for span in spans]


def _cpu(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started
