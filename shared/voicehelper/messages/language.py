"""Which of the two languages a caller is answered in."""

from __future__ import annotations

from typing import Final, Literal

Language = Literal["zh", "en"]

DEFAULT: Final[Language] = "zh"


def preferred_language(accept_language: str | None, default: Language = DEFAULT) -> Language:
    """The one the header ranks higher (RFC 9110 §12.5.4), the first of equal ones; English for a header that accepts
    neither, and ``default`` for callers without one.
    """
    if not (accept_language or "").strip():
        return default
    weights: dict[Language, float] = {}
    for part in (accept_language or "").lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        for language in ("zh", "en"):
            if tag.strip().replace("_", "-").split("-")[0] == language:
                weights[language] = max(weights.get(language, 0.0), _quality(parameters))
    best = max(weights, key=lambda language: weights[language], default=None)
    return best if best and weights[best] > 0 else "en"


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
