"""Which of the two languages a caller is answered in; Chinese is the default."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


def preferred_language(accept_language: str | None) -> Language:
    """zh unless the header ranks English above Chinese (RFC 9110 §12.5.4)."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in (accept_language or "").lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.split("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], _quality(parameters))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
