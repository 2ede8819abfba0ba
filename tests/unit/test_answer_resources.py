"""A deployment with and without a trained reader's weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from voicehelper import answer_resources
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.reading import ReaderUnavailableError, weights_stamp
from voicehelper.settings import settings

from tests.support.fakes import FakeEmbedder
from tests.support.reader_model import random_arrays, small_shape, write_reader


@pytest.fixture(autouse=True)
def _read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("READER_WEIGHTS", raising=False)
    settings.cache_clear()


def test_without_weights_there_is_no_trained_reader() -> None:
    assert answer_resources.reader() is None


def test_weights_that_cannot_be_used_are_found_out_by_the_first_question(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("READER_WEIGHTS", str(tmp_path / "missing.safetensors"))

    reader = answer_resources.reader()

    assert reader is not None
    assert answer_resources.reader() is reader
    with pytest.raises(ReaderUnavailableError, match=r"missing\.safetensors: "):
        reader()


def test_other_weights_have_another_stamp(tmp_path: Path) -> None:
    """By which answers are kept: those of other weights are not given again."""
    path = write_reader(tmp_path)
    first = weights_stamp(str(path))
    write_reader(tmp_path, random_arrays(small_shape(), seed=8))
    second = weights_stamp(str(path))

    assert first != second
    assert first == weights_stamp(str(write_reader(tmp_path)))
    assert weights_stamp(str(tmp_path / "missing")) == ""


def test_a_catalogue_that_changes_under_a_question_embeds_it_with_no_other_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_resources, "embedder", lambda: FakeEmbedder(model="new"))

    assert answer_resources.embedder_of("new").model == "new"
    with pytest.raises(UpstreamUnavailableError, match="new in place of old"):
        answer_resources.embedder_of("old")
