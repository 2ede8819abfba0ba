"""Characters of a line → words with boxes: letters and digits that touch in the text are one, others stand alone.

Entry function: ``words_of``, called by ``lines``.
"""

from __future__ import annotations

from collections.abc import Iterator

from voicehelper.recognition.engine import Reading
from voicehelper.shapes.recognition import Box, RecognisedWord

_Character = tuple[str, float, tuple[float, float, float, float]]


def words_of(reading: Reading, size: tuple[int, int]) -> tuple[RecognisedWord, ...]:
    return tuple(_word(group, size) for group in _groups(reading))


def _groups(reading: Reading) -> Iterator[list[_Character]]:
    """The engine's characters lack blanks, the text has them."""
    group: list[_Character] = []
    characters = iter(reading.characters)
    for expected in reading.text:
        if expected.isspace() or (group and not (_joins(expected) and _joins(group[-1][0]))):
            if group:
                yield group
            group = []
        if not expected.isspace():
            character = next(characters, None)
            if character is None:
                break
            group.append(character)
    if group:
        yield group


def _joins(character: str) -> bool:
    return character < "\u2e80" and not character.isspace()


def _word(group: list[_Character], size: tuple[int, int]) -> RecognisedWord:
    boxes = [box for _, _, box in group]
    width, height = size
    box = Box(
        *(round(min(1.0, max(0.0, value)), 5) for value in (
            min(box[0] for box in boxes) / width, min(box[1] for box in boxes) / height,
            max(box[2] for box in boxes) / width, max(box[3] for box in boxes) / height,
        ))
    )  # fmt: skip
    confidence = sum(score for _, score, _ in group) / len(group)
    return RecognisedWord("".join(text for text, _, _ in group), box, round(confidence, 4))
