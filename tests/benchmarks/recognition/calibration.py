"""How often what was read with a confidence is right: ``report_calibration``, called by ``make bench-recognition``.

Right is the share of a line's characters that stand in the drawn line, by the least edits; blanks and widths aside. By
itself (``python -m tests.benchmarks.recognition.calibration``) it prints the steps of an isotonic fit as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageFilter
from voicehelper.recognition.builtin import BuiltinRecognizer
from voicehelper.shapes.recognition import RecognisedLine

from tests.benchmarks.retrieval.__main__ import DATA
from tests.support.drawn.pages import Face, draw_page, encoded, in_shadow, noisy, plain, wrapped

LINES: Final = 12
BINS: Final = 20
TEXTS: Final[dict[str, Face]] = {"dev-zh": "sans", "dev-zh-law": "serif", "dev-en": "sans"}
Damage = Callable[[Image.Image], Image.Image]
# From clean pages to some that people read with effort.
CONDITIONS: Final[tuple[tuple[int, Damage], ...]] = (
    (200, lambda page: page),
    (150, lambda page: page),
    (200, lambda page: noisy(page, strength=20)),
    (150, lambda page: noisy(page, strength=20)),
    (150, lambda page: noisy(page, strength=35)),
    (150, lambda page: noisy(page, strength=50)),
    (110, lambda page: noisy(page, strength=25)),
    (110, lambda page: page),
    (80, lambda page: page),
    (80, lambda page: noisy(page, strength=15)),
    (150, lambda page: in_shadow(page)),
    (110, lambda page: in_shadow(noisy(page, strength=15))),
    (150, lambda page: page.filter(ImageFilter.GaussianBlur(2.5))),
    (150, lambda page: page.filter(ImageFilter.GaussianBlur(4))),
)


class Line(NamedTuple):
    page: int
    characters: int
    right: int
    confidence: float


def lines(recognizer: BuiltinRecognizer, *, page: int) -> Iterator[Line]:
    """Of page ``page`` of each text, in each condition."""
    for corpus, face in TEXTS.items():
        drawn = wrapped(_text(corpus), 84)[page * 211 : page * 211 + LINES]
        for dpi, damage in CONDITIONS:
            picture = encoded(damage(draw_page(drawn, face=face, dpi=dpi)))
            read = recognizer.recognise(picture, language="zh-CN", tables=False)
            yield from (_judged(line, drawn, page) for line in read.lines if plain(line.text))


def _text(corpus: str) -> str:
    with (DATA / corpus / "corpus.jsonl").open(encoding="utf-8") as stream:
        text = " ".join(json.loads(line)["text"] for line, _ in zip(stream, range(120), strict=False))
    return re.sub(r"[^\x20-\x7e\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e“”‘’…—·]", "", text)


def _judged(line: RecognisedLine, drawn: Sequence[str], page: int) -> Line:
    text = plain(line.text)
    edits = min(_edits_within(text, plain(expected)) for expected in drawn)
    return Line(page, len(text), max(0, len(text) - edits), line.confidence)


def _edits_within(text: str, expected: str) -> int:
    """The least edits that make ``text`` a part of ``expected``."""
    target = np.array(list(expected))
    distances = np.zeros(len(target) + 1, int)
    for index, character in enumerate(text, 1):
        best = np.minimum(distances[1:] + 1, distances[:-1] + (target != character))
        best = np.concatenate([[index], best])
        steps = np.arange(len(best))
        distances = np.minimum.accumulate(best - steps) + steps
    return int(distances.min())


def calibration_error(judged: Sequence[Line]) -> float:
    """The expected calibration error over twenty bins, by characters; Guo et al., ICML 2017."""
    said = np.array([line.confidence for line in judged])
    weight = np.array([line.characters for line in judged], float)
    right = np.array([line.right for line in judged], float)
    bins = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs((said * weight - right)[bins == one].sum()) for one in range(BINS)]
    return float(sum(gaps) / weight.sum())


def report_calibration(recognizer: BuiltinRecognizer) -> list[Line]:
    judged = list(lines(recognizer, page=0))
    characters, error = sum(line.characters for line in judged), calibration_error(judged)
    print(f"expected calibration error of {len(judged)} lines, {characters} characters: {error:.3f}")
    return judged


def main() -> None:
    for low, high, right, characters in isotonic(report_calibration(BuiltinRecognizer())):
        print(f"{low:.3f} to {high:.3f}: {right:.3f} ({characters:.0f} characters)")


def isotonic(judged: Sequence[Line]) -> list[tuple[float, float, float, float]]:
    """(from, to, share that is right, characters) by pooling adjacent violators; Ayer et al., 1955."""
    pools: list[list[float]] = []
    for line in sorted(judged, key=lambda one: one.confidence):
        pools.append([line.confidence, line.confidence, float(line.right), float(line.characters)])
        while len(pools) > 1 and pools[-2][2] / pools[-2][3] >= pools[-1][2] / pools[-1][3]:
            _, high, right, characters = pools.pop()
            pools[-1] = [pools[-1][0], high, pools[-1][2] + right, pools[-1][3] + characters]
    return [(low, high, right / characters, characters) for low, high, right, characters in pools]


if __name__ == "__main__":
    main()
