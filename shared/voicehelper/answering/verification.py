"""The check of an answer that quotes: ``verified``, called by the reader; replies of models are held in ``hosted``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from voicehelper.answering.citations import without_marks
from voicehelper.answering.events import Check, Composed
from voicehelper.answering.reader.compose import refusal
from voicehelper.index.passage import Passage
from voicehelper.text.sentences import sentences
from voicehelper.text.tokenization import normalize


def verified(composed: Composed, question: str, passages: Sequence[Passage]) -> Composed:
    """The answer without the lines that stand in none of the passages it cites; the refusal if none is left.

    Compared without white space, width and script, because sentences are joined over line breaks. ``computed`` lines
    say what was counted.
    """
    if composed.refused:
        return composed
    started = time.monotonic()
    # Without marks on either side: an encyclopaedia has its own, "[17]".
    cited = (passages[number] for number in composed.citations)
    held = [_bare(without_marks(f"{passage.title}\n{passage.text}")) for passage in cited]
    lines = composed.text.split("\n")
    kept = [line for line in lines if line == composed.computed or _stands_in(line, held)]
    check = Check(time.monotonic() - started, removed=len(lines) - len(kept))
    if not check.removed:
        return replace(composed, check=check)
    if not any(line != composed.computed for line in kept):
        return replace(refusal(question, usage=composed.usage), check=check)
    return replace(composed, text="\n".join(kept), check=check)


def _stands_in(line: str, held: Sequence[str]) -> bool:
    """Whole, or sentence by sentence where several were put on one line."""
    bare = _bare(without_marks(line))
    return (
        not bare
        or any(bare in text for text in held)
        or all(any(_bare(part) in text for text in held) for part in sentences(without_marks(line)))
    )


def _bare(text: str) -> str:
    return "".join(normalize(text).split())
