"""`make bench-documents`: coverage and order of parsed texts beside other libraries, on whole documents, in one run.

    uv venv .local/parsing-peers
    uv pip install --python .local/parsing-peers -r tests/benchmarks/parsing/peer-requirements.txt
    python -m tests.benchmarks.parsing [--each] [--filings]

Without a gold text, each library is held to what the others agree on: *words* is the share of the distinct words that
all others read, *order* the share of passages of three words, unique in both texts, that stand in the other's order
(longest increasing subsequence, mean over the others). *answers* is exact: the share of answers of the question set that
the text of their file holds, blanks aside. Seconds are CPU time. The product leaves out what answers nothing: running
heads, tables of contents, menus, targets of links, and text layers that are rubbish.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from voicehelper.errors import RejectedError
from voicehelper.ingestion.parse import parse_document

from infra.local.paths import LOCAL
from tests.benchmarks.retrieval.__main__ import DATA
from tests.support.questions import load_questions

OURS = "voicehelper"
PYTHON = LOCAL / "parsing-peers" / "bin" / "python"
DOCUMENTS, FILINGS = DATA / "documents" / "files", DATA / "dev-pdf" / "pdf"
_TOKEN = re.compile(r"[^\W_\u2e80-\uffef]+|[\u2e80-\uffef]")
_BLANKS = re.compile(r"[\s|]+")


class Reading(NamedTuple):
    file: str
    peer: str
    text: str
    seconds: float


class Result(NamedTuple):
    peer: str
    words: float
    order: float
    held: int
    asked: int
    seconds: float

    def __str__(self) -> str:
        shares = f"words {self.words:.3f}  order {self.order:.3f}"
        return f"{self.peer:12} {shares}  answers {self.held}/{self.asked}  {self.seconds:.1f} s"


def own_readings(folders: Sequence[Path]) -> Iterator[Reading]:
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        started = time.process_time()
        try:
            text = "\n".join(block.text for block in parse_document(path.read_bytes(), path.name).blocks)
        except RejectedError:
            text = ""
        yield Reading(path.name, OURS, text, time.process_time() - started)


def peer_readings(folders: Sequence[Path]) -> Iterator[Reading]:
    if not PYTHON.exists():
        raise SystemExit(f"{PYTHON.parents[1]} is missing; tests/benchmarks/parsing/__main__.py says how to install it")
    command = [str(PYTHON), "-P", str(Path(__file__).with_name("peer_texts.py")), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (Reading(**json.loads(line)) for line in done.stdout.splitlines())


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def score(own: Sequence[str], others: Sequence[Sequence[str]]) -> tuple[float, float]:
    agreed = set.intersection(*(set(other) for other in others))
    words = len(agreed & set(own)) / len(agreed) if agreed else 1.0
    return words, fmean(order(own, other) for other in others)


def order(own: Sequence[str], other: Sequence[str]) -> float:
    ours, theirs = unique_passages(own), unique_passages(other)
    places = [place for passage, place in ours.items() if passage in theirs]
    ranks = [theirs[passage] for passage in ours if passage in theirs]
    return longest_increasing(ranks) / len(places) if places else 1.0


def unique_passages(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Three words in a row that occur once → their place, in order."""
    passages = list(zip(words, words[1:], words[2:], strict=False))
    counts = Counter(passages)
    return {passage: place for place, passage in enumerate(passages) if counts[passage] == 1}


def longest_increasing(numbers: Sequence[int]) -> int:
    ends: list[int] = []
    for number in numbers:
        at = bisect_left(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)


def answers_by_file() -> dict[str, list[list[str]]]:
    answers: dict[str, list[list[str]]] = defaultdict(list)
    for question in load_questions(DATA / "documents"):
        if question["file"] and question["kind"] not in ("scan", "figure", "cross_language"):
            answers[question["file"]].append(question["answers"])
    return answers


def held_answers(text: str, answers: Sequence[Sequence[str]]) -> int:
    squeezed = _BLANKS.sub("", text)
    return sum(any(_BLANKS.sub("", answer) in squeezed for answer in spellings) for spellings in answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", action="store_true", help="show every file")
    parser.add_argument("--filings", action="store_true", help="266 pages more, on which the peers take minutes")
    options = parser.parse_args()
    folders = [DOCUMENTS, FILINGS] if options.filings else [DOCUMENTS]
    files: dict[str, dict[str, Reading]] = defaultdict(dict)
    for reading in [*own_readings(folders), *peer_readings(folders)]:
        files[reading.file][reading.peer] = reading
    answers = answers_by_file()
    rows: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for file, readings in sorted(files.items()):
        for result in compared(readings, answers.get(file, [])):
            rows[(Path(file).suffix, result.peer)].append(result)
            if options.each:
                print(f"{file[:40]:40} {result}")
    for (suffix, _), results in sorted(rows.items()):
        print(f"{suffix:6} {len(results):2} files  {total(results)}")


def compared(readings: dict[str, Reading], answers: Sequence[Sequence[str]]) -> Iterator[Result]:
    """Nothing for a file that no library reads, or no peer tries."""
    texts = {peer: tokens(reading.text) for peer, reading in readings.items()}
    if len(texts) < 2 or not any(texts.values()):
        return
    for peer, own in texts.items():
        words, order_ = score(own, [other for name, other in texts.items() if name != peer])
        held = held_answers(readings[peer].text, answers)
        yield Result(peer, words, order_, held, len(answers), readings[peer].seconds)


def total(results: Sequence[Result]) -> Result:
    words, order_ = fmean(each.words for each in results), fmean(each.order for each in results)
    held, asked = sum(each.held for each in results), sum(each.asked for each in results)
    return Result(results[0].peer, words, order_, held, asked, sum(each.seconds for each in results))


if __name__ == "__main__":
    main()
