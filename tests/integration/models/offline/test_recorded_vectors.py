"""Vectors are the same on every processor: a base that one computed is searched by another.

``recorded_vectors.json`` holds those of an x86-64 machine with AVX-512, times 10,000.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from voicehelper.models.offline.embedder import OfflineEmbedder

RECORDED = json.loads(Path(__file__).with_name("recorded_vectors.json").read_text("utf-8"))


def test_vectors_are_those_of_another_processor() -> None:
    recorded = np.array([entry["vector"] for entry in RECORDED]) / 10_000
    ours = np.array(OfflineEmbedder().embed_passages([entry["text"] for entry in RECORDED]))

    cosines = (recorded * ours).sum(axis=1) / np.linalg.norm(recorded, axis=1) / np.linalg.norm(ours, axis=1)

    assert cosines.min() > 0.999
