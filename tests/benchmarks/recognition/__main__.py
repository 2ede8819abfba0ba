"""`make bench-recognition`: how much of drawn pages and tables is read right, how fast, and beside a peer, in one run.

    uv venv .local/recognition-peers
    uv pip install --python .local/recognition-peers -r tests/benchmarks/recognition/peer-requirements.txt
    python -m tests.benchmarks.recognition [--pages 2] [--tables 12] [--no-peer] [--each]

Character error rate: edits per character, blanks and the width of brackets aside. Tables: the share of cells that are
right, in layouts other than the tests'. Seconds are CPU time; pages per CPU minute are of pages of 40 lines. Texts are
those of the development sets.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

from PIL import Image
from voicehelper.recognition.builtin import BuiltinRecognizer
from voicehelper.shapes.recognition import RecognisedTable

from infra.local.paths import LOCAL
from tests.benchmarks.recognition.calibration import report_calibration
from tests.benchmarks.recognition.layouts import RULED, UNRULED, sheets
from tests.benchmarks.retrieval.__main__ import DATA
from tests.support.drawn.pages import Face, draw_page, encoded, error_rate, in_shadow, noisy, plain, skewed, wrapped
from tests.support.drawn.tables import Sheet, draw_table

PEER: Final = LOCAL / "recognition-peers" / "bin" / "python"
LINES: Final = 40
TEXTS: Final[dict[str, tuple[str, Face]]] = {
    "zh sans": ("dev-zh", "sans"),
    "zh serif": ("dev-zh-law", "serif"),
    "en": ("dev-en", "sans"),
    "mixed": ("", "sans"),
}
CONDITIONS: Final[dict[str, tuple[int, Callable[[Image.Image], Image.Image]]]] = {
    "clean": (200, lambda page: page),
    "150 dpi": (150, lambda page: page),
    "noisy": (200, lambda page: noisy(page, strength=20)),
    "rotated 3": (200, lambda page: skewed(page, 3)),
    "turned 90": (150, lambda page: page.rotate(90, expand=True)),
    "turned 180": (150, lambda page: page.rotate(180)),
    "shadow": (150, lambda page: in_shadow(page)),
}


class Page(NamedTuple):
    name: str
    condition: str
    expected: str
    picture: bytes


def pages(count: int) -> Iterator[Page]:
    for name, (corpus, face) in TEXTS.items():
        lines = wrapped(_text(corpus), 84)
        for index in range(count):
            chosen = lines[index * 300 : index * 300 + LINES]
            for condition, (dpi, damage) in CONDITIONS.items():
                picture = encoded(damage(draw_page(chosen, face=face, dpi=dpi)))
                yield Page(name, condition, "\n".join(chosen), picture)


def _text(corpus: str) -> str:
    """Characters of the fonts only; the mixed one alternates between sentences of both languages."""
    if not corpus:
        chinese, english = (re.split(r"(?<=[。.])", _text(name)) for name in ("dev-zh", "dev-en"))
        return " ".join(sentence for pair in zip(chinese, english, strict=False) for sentence in pair)
    with (DATA / corpus / "corpus.jsonl").open(encoding="utf-8") as stream:
        text = " ".join(json.loads(line)["text"] for line, _ in zip(stream, range(120), strict=False))
    return re.sub(r"[^\x20-\x7e\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e“”‘’…—·]", "", text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1, help="of each text")
    parser.add_argument("--tables", type=int, default=12, help="of each kind")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--each", action="store_true", help="show every table that is not right")
    options = parser.parse_args()
    recognizer = BuiltinRecognizer()
    recognizer.load()
    drawn = list(pages(options.pages))
    report_pages(recognizer, drawn)
    if not options.no_peer:
        report_peer([page for page in drawn if page.condition in ("clean", "noisy", "rotated 3", "150 dpi")])
    report_calibration(recognizer)
    for name, styles in (("ruled", RULED), ("unruled", UNRULED)):
        report_tables(recognizer, name, list(sheets(styles, options.tables)), each=options.each)
    print(f"resident memory at most: {_megabytes():.0f} MB")


def report_pages(recognizer: BuiltinRecognizer, drawn: list[Page]) -> None:
    rates: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    sure: dict[str, list[float]] = defaultdict(list)
    took: dict[str, list[float]] = defaultdict(list)
    for page in drawn:
        started = time.process_time()
        read = recognizer.recognise(page.picture, language="zh-CN", tables=False)
        took[page.condition].append(time.process_time() - started)
        rates[page.condition][page.name].append(error_rate(page.expected, read.text))
        sure[page.condition].append(read.confidence)
    print(f"character error rate  {'  '.join(f'{name:>8}' for name in TEXTS)}   confidence   pages a CPU minute")
    for condition, texts in rates.items():
        shown = "  ".join(f"{fmean(texts[name]):8.4f}" for name in TEXTS)
        print(f"{condition:20}  {shown}   {fmean(sure[condition]):10.3f}   {60 / fmean(took[condition]):18.1f}")


def report_peer(drawn: list[Page]) -> None:
    if not PEER.exists():
        raise SystemExit(f"{PEER.parents[1]} is missing; `make bench-recognition` installs it")
    with tempfile.TemporaryDirectory() as folder:
        for index, page in enumerate(drawn):
            Path(folder, f"{index:03}.png").write_bytes(page.picture)
        command = [str(PEER), "-P", str(Path(__file__).with_name("peer_texts.py")), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    by_condition: dict[str, list[float]] = defaultdict(list)
    for page, answer in zip(drawn, answers, strict=True):
        by_condition[page.condition].append(error_rate(page.expected, answer["text"]))
    shown = "  ".join(f"{condition} {fmean(rates):.4f}" for condition, rates in by_condition.items())
    speed, megabytes = (
        60 / fmean(answer["seconds"] for answer in answers),
        max(answer["megabytes"] for answer in answers),
    )
    print(f"peer, rapidocr on onnxruntime: {shown}  {speed:.1f} pages a CPU minute, {megabytes:.0f} MB")


def report_tables(recognizer: BuiltinRecognizer, name: str, drawn: list[Sheet], *, each: bool) -> None:
    right = total = whole = 0
    for sheet in drawn:
        read = recognizer.recognise(encoded(draw_table(sheet)), language="zh-CN", tables=True)
        found, cells = right_cells(sheet.expected, read.tables)
        right, total, whole = right + found, total + cells, whole + (found == cells)
        if each and found < cells:
            print(f"  {name} {sheet.style}: {found} of {cells}")
            for expected, row in zip(sheet.expected, read.tables[0].rows if read.tables else (), strict=False):
                print(f"    {expected}\n    {row}")
    print(f"{name} tables: {right} of {total} cells ({right / total:.3f}), {whole} of {len(drawn)} without an error")


def right_cells(expected: tuple[tuple[str, ...], ...], tables: tuple[RecognisedTable, ...]) -> tuple[int, int]:
    """Of the largest table that was found."""
    rows = max((table.rows for table in tables), key=lambda rows: len(rows) * len(rows[0]), default=())
    right = sum(
        row < len(rows) and column < len(rows[row]) and plain(rows[row][column]) == plain(cell)
        for row, cells in enumerate(expected)
        for column, cell in enumerate(cells)
    )
    return right, sum(map(len, expected))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
