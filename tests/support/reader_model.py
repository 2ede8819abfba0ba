"""Trained readers for tests: one that scores as it is told, and a small one with random weights, beside a reference."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from voicehelper.models.offline.cross_encoder import CrossEncoder
from voicehelper.models.offline.reader_layout import WORD_NUMBERS, ReaderShape, floats_of, matrices_of
from voicehelper.models.offline.reader_weights import map_reader_weights
from voicehelper.models.reading import ReaderUnavailableError, TextWindow, Thresholds, WindowScores, require_few

from infra.reader_weights import written_bytes

Arrays = dict[str, NDArray[Any]]
EPSILON = 1e-12


LENIENT = Thresholds(answers_from=0.8, refuses_below=0.1, promotes_from=0.5)


@dataclass
class FakeReader:
    """Scores a sentence by words that it has; a window has its best sentence's score."""

    scores: dict[str, float]
    thresholds: Thresholds = LENIENT
    usual: float = 0.3
    error: str = ""
    asked: list[str] = field(default_factory=list)
    read: list[TextWindow] = field(default_factory=list)

    def score(self, question: str, windows: Sequence[TextWindow]) -> list[WindowScores]:
        if self.error:
            raise ReaderUnavailableError(self.error)
        require_few(windows)
        self.asked.append(question)
        self.read += windows
        return [self._scores(window) for window in windows]

    def _scores(self, window: TextWindow) -> WindowScores:
        own = tuple(
            max((score for words, score in self.scores.items() if words in sentence), default=self.usual)
            for sentence in window.sentences
        )
        return WindowScores(max(own, default=0.0), own)


class LetterVocabulary:
    """A token for each character; word vectors of the embedding's width, from the token alone."""

    first, last = 0, 2

    def tokens(self, text: str) -> list[int]:
        return [3 + ord(character) % 400 for character in text]

    def word_vectors(self, tokens: list[int]) -> NDArray[np.float32]:
        angles = np.outer(np.array(tokens) + 1, np.arange(1, 385))
        return np.sin(angles).astype(np.float32)


def small_shape(**sizes: int) -> ReaderShape:
    usual = {"hidden": 32, "layers": 2, "heads": 4, "intermediate": 64, "max_tokens": 128, "words": 403, "width": 16}
    return ReaderShape(**usual | sizes)


def random_arrays(shape: ReaderShape, seed: int = 7) -> Arrays:
    """Named and oriented as PyTorch has them; large enough that scores differ."""
    rng = np.random.default_rng(seed)
    arrays: Arrays = {
        name: rng.normal(0, 0.3, own[::-1]).astype(np.float32) for name, own in matrices_of(shape).items()
    }
    for name, own in floats_of(shape).items():
        around = 1.0 if name.endswith("LayerNorm.weight") else 0.0
        arrays[name] = rng.normal(around, 0.2, own).astype(np.float32)
    if shape.words:
        arrays["embeddings.word_embeddings.weight"] = arrays["embeddings.word_embeddings.weight"].T
    if shape.has_some_words:
        arrays[WORD_NUMBERS] = np.arange(shape.words)
    numbers = {"heads": shape.heads, "answers_from": 0.7, "refuses_below": 0.2, "promotes_from": 0.6}
    return arrays | {name: np.array(value) for name, value in numbers.items()}


def write_reader(folder: Path, arrays: Arrays | None = None) -> Path:
    path = folder / "reader.safetensors"
    path.write_bytes(written_bytes(arrays or random_arrays(small_shape())))
    return path


def small_reader(folder: Path, **sizes: int) -> CrossEncoder:
    path = write_reader(folder, random_arrays(small_shape(**sizes)))
    return CrossEncoder(map_reader_weights(path), LetterVocabulary())


def reference_scores(arrays: Arrays, question: str, window: TextWindow) -> list[float]:
    """[relevance, one for each sentence] in 64-bit floats, by the formulas of the paper and nothing of the product.

    For texts that need no cutting, under ``LetterVocabulary``.
    """
    tokens_of = LetterVocabulary().tokens
    parts = [[0, *tokens_of(question), 2], tokens_of(window.title), *map(tokens_of, window.sentences), [2]]
    tokens = [token for part in parts for token in part]
    ends = np.cumsum([len(part) for part in parts]).tolist()
    values = _embedded(arrays, tokens, ends[0])
    for layer in range(sum(name.endswith("intermediate.dense.weight") for name in arrays)):
        values = _layer(arrays, f"encoder.layer.{layer}", values)
    means = [values[start:end].mean(axis=0) for start, end in itertools.pairwise(ends[1:-1])]
    return [_head(arrays, "relevance", values[0]), *(_head(arrays, "sentence", mean) for mean in means)]


def _embedded(arrays: Arrays, tokens: Sequence[int], question_end: int) -> NDArray[np.float64]:
    own = arrays.get("embeddings.word_embeddings.weight")
    words = LetterVocabulary().word_vectors(list(tokens)) if own is None else own[list(tokens)]
    values = words.astype(np.float64)
    if "embeddings.projection.weight" in arrays:
        values = _dense(arrays, "embeddings.projection", values)
    types = arrays["embeddings.token_type_embeddings.weight"][[int(n >= question_end) for n in range(len(tokens))]]
    values = values + arrays["embeddings.position_embeddings.weight"][: len(tokens)] + types
    return _norm(arrays, "embeddings.LayerNorm", values)


def _layer(arrays: Arrays, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    heads = int(arrays["heads"])
    query, key, value = (_dense(arrays, f"{name}.attention.self.{part}", values) for part in ("query", "key", "value"))
    width = query.shape[1] // heads
    context = np.zeros_like(query)
    for head in range(heads):
        own = slice(head * width, (head + 1) * width)
        weights = np.exp(query[:, own] @ key[:, own].T / math.sqrt(width))
        context[:, own] = weights / weights.sum(axis=1, keepdims=True) @ value[:, own]
    attended = _dense(arrays, f"{name}.attention.output.dense", context) + values
    attended = _norm(arrays, f"{name}.attention.output.LayerNorm", attended)
    inner = _dense(arrays, f"{name}.intermediate.dense", attended)
    inner = 0.5 * inner * (1 + np.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner**3)))
    return _norm(arrays, f"{name}.output.LayerNorm", _dense(arrays, f"{name}.output.dense", inner) + attended)


def _dense(arrays: Arrays, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values @ arrays[f"{name}.weight"].T.astype(np.float64) + arrays[f"{name}.bias"])


def _norm(arrays: Arrays, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt(values.var(axis=1, keepdims=True) + EPSILON)
    return np.asarray(scaled * arrays[f"{name}.weight"] + arrays[f"{name}.bias"])


def _head(arrays: Arrays, name: str, value: NDArray[np.float64]) -> float:
    logit = float((arrays[f"{name}.weight"] @ value)[0] + arrays[f"{name}.bias"][0])
    return 1 / (1 + math.exp(-logit))
