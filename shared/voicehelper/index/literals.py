"""Vectors as PostgreSQL reads them; the search and the cached answers send theirs so."""

from __future__ import annotations

from voicehelper.models.protocols import Vector


def vector_literal(vector: Vector) -> str:
    """For ``halfvec``, whose numbers have eleven bits: five digits are all that it keeps."""
    return "[" + ",".join(f"{value:.5g}" for value in vector) + "]"
