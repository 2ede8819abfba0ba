from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence

import numpy as np
from voicehelper.ingestion.fitness import UNKNOWN, Fitness, check_fitness

PARTS = ("锅炉", "水泵", "风机", "阀门", "传送带", "空压机", "冷却塔", "变压器")
MORE = ("起重机", "搅拌机", "离心机", "干燥箱", "过滤器", "切割机", "包装机", "叉车")
TEXTS = [f"{part}放在东边。{part}的额定功率按照{part}铭牌上的数值。请勿打开外壳。" for part in PARTS + MORE]


class ByCharacters:
    """Counts pairs of characters, so that similar texts are near."""

    model, dimensions = "by-characters", 512

    def embed_query(self, text: str) -> np.ndarray:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for one, other in itertools.pairwise(text):
            vector[zlib.crc32((one + other).encode()) % self.dimensions] += 1
        return vector / max(1e-6, float(np.linalg.norm(vector)))

    def embed_passages(self, texts: Sequence[str]) -> list[np.ndarray]:
        return [self.embed_query(text) for text in texts]


class KnowsNoCharacter(ByCharacters):
    """What an English-only model makes of Chinese: every text is the same unknown word."""

    def embed_query(self, text: str) -> np.ndarray:  # noqa: ARG002 - all texts get the same vector
        return np.full(self.dimensions, self.dimensions**-0.5, dtype=np.float32)


def test_a_suitable_model_is_near_to_the_chunks_of_its_sentences() -> None:
    fit = ByCharacters()

    assert check_fitness(TEXTS, fit.embed_passages(TEXTS), fit) == Fitness(found=2, tried=2)


def test_a_model_that_knows_no_character_is_not() -> None:
    unfit = KnowsNoCharacter()
    checked = check_fitness(TEXTS, unfit.embed_passages(TEXTS), unfit)

    assert checked.tried == 2
    assert checked.found < 2


def test_few_or_repeated_chunks_are_not_tested() -> None:
    fit = ByCharacters()
    repeated = [TEXTS[0]] * 16
    template = [f"第 {n} 号设备每 {n} 天检查一次，由第 {n} 班负责。" for n in range(16)]

    assert check_fitness(TEXTS[:7], fit.embed_passages(TEXTS[:7]), fit) == UNKNOWN
    assert check_fitness(repeated, fit.embed_passages(repeated), fit) == UNKNOWN
    assert check_fitness(template, fit.embed_passages(template), fit) == UNKNOWN
