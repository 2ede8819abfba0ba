"""Lines as the engine returns them, at a place."""

from __future__ import annotations

from voicehelper.recognition.engine import Reading


def reading(text: str, x: float, y: float, *, width: float = 0, height: float = 20, sure: float = 0.99) -> Reading:
    """Each character as wide as the others."""
    across = width or 12 * len(text)
    each = across / len(text)
    characters = tuple(
        (character, sure, (x + index * each, y, x + (index + 1) * each, y + height))
        for index, character in enumerate(text)
        if not character.isspace()
    )
    return Reading(text, ((x, y), (x + across, y), (x + across, y + height), (x, y + height)), sure, characters)
