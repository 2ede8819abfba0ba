"""From files to an answer with a trained reader, in memory: the same path as without one, and never less than it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from voicehelper.models.factory import build_reader
from voicehelper.models.offline.reader_layout import VOCABULARY
from voicehelper.models.reading import LoadedOnce, Thresholds
from voicehelper.text.sentences import sentences

from tests.support.asking import AskedBase
from tests.support.reader_model import FakeReader, random_arrays, small_shape, write_reader

FILES = {
    "workshop.md": "# Workshop\n\nThe lathe is oiled every Friday. It was bought in Bremen. Goggles are worn at it.",
    "canteen.md": "# Canteen\n\nLunch is served from noon. Trays are returned to the hatch.",
    "车间.md": "# 叉车\n\n叉车每两百小时保养一次。钥匙由班长保管。充电须在通风处进行。",
}
QUESTIONS = (
    "How often is the lathe oiled?",
    "叉车多久保养一次？",
    "When is lunch served?",
    "Who wrote the anthem of Peru?",
    "车床多久加一次油？",
    "How often is the forklift serviced?",
    "\x00🔥 " * 50,
)


@functools.cache
def by_rules() -> AskedBase:
    return AskedBase(FILES)


def with_reader(reader: LoadedOnce | None) -> AskedBase:
    base = AskedBase({})
    base.index, base.reader = by_rules().index, reader
    return base


def asked(base: AskedBase, question: str) -> tuple[str, Sequence[int], bool, float]:
    """What a caller sees of an answer, without how long it took."""
    said = base.ask(question)
    return said.text, said.citations, said.refused, said.confidence


def of_file(path: Path) -> LoadedOnce:
    return LoadedOnce(functools.partial(build_reader, str(path)))


@pytest.mark.parametrize("sizes", [{"words": VOCABULARY, "width": 8}, {"words": 0, "width": 384}], ids=str)
@pytest.mark.parametrize("question", QUESTIONS)
def test_any_weights_answer_or_refuse_and_quote(tmp_path: Path, sizes: dict[str, int], question: str) -> None:
    base = with_reader(of_file(write_reader(tmp_path, random_arrays(small_shape(**sizes)))))

    text, _, refused, confidence = asked(base, question)

    assert asked(base, question) == (text, _, refused, confidence)
    assert 0 <= confidence <= 1
    quoted = [sentence for line in text.split("\n") for sentence in sentences(line.partition(" [")[0])]
    assert refused or all(any(sentence in content for content in FILES.values()) for sentence in quoted)


def test_thresholds_that_switch_every_use_off_leave_the_decisions_as_they_are(tmp_path: Path) -> None:
    arrays = random_arrays(small_shape(words=0, width=384))
    off = {"answers_from": 1.0, "refuses_below": 0.0, "promotes_from": 1.0}
    base = with_reader(of_file(write_reader(tmp_path, arrays | {name: np.array(own) for name, own in off.items()})))

    for question in QUESTIONS:
        assert base.ask(question).refused == by_rules().ask(question).refused
        assert base.ask(question).confidence == by_rules().ask(question).confidence


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "flipped", "foreign"])
def test_damaged_weights_answer_as_the_rules_do(tmp_path: Path, damage: str) -> None:
    path = write_reader(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    others = {"cut": bytes(content[:999]), "flipped": bytes(content), "foreign": b"%PDF-1.7"}
    path.write_bytes(others.get(damage, b""))
    if damage == "missing":
        path.unlink()
    base = with_reader(of_file(path))

    assert [asked(base, question) for question in QUESTIONS] == [asked(by_rules(), question) for question in QUESTIONS]


def test_a_good_reader_answers_across_languages_what_rules_refuse() -> None:
    sure = FakeReader({"两百小时": 0.95, "Friday": 0.9}, Thresholds(0.8, 0.0, 0.5), usual=0.05)
    base = with_reader(LoadedOnce(lambda: sure))

    assert "两百小时" in base.ask("How often is the forklift serviced?").text
    assert "Friday" in base.ask("How often is the lathe oiled?").text
