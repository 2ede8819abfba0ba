"""The question inside a longer text: a mail that tells a story and asks something at its end.

``focus`` is the entry; the rewriting stage calls it.
"""

from __future__ import annotations

import re
from typing import Final

from voicehelper.text.language import has_chinese
from voicehelper.text.question_terms import has_content
from voicehelper.text.sentences import sentences

MIN_CHARS: Final = 160
_MIN_CHARS_ZH: Final = 60
_MIN_SENTENCES: Final = 3
_MAX_QUESTIONS: Final = 3
_ASKS: Final = re.compile(
    r"[?？]|请问|想问|想知道|想了解|问题是|是否|能否|怎么|如何|多少|"
    r"\b(?:my question|i (?:would|'d) like to know|i want to know|please (?:tell|let)|could you|can you|"
    r"tell me|i wonder)\b",
    re.IGNORECASE,
)


def focus(question: str) -> str:
    """The sentences that ask, of a text of several sentences that says more; the text itself otherwise.

    A question that needs the sentence before it ("Who can do that?") keeps it.
    """
    text = question.strip()
    if len(text) < (_MIN_CHARS_ZH if has_chinese(text) else MIN_CHARS):
        return question
    parts = sentences(text)
    asking = [number for number, part in enumerate(parts) if _ASKS.search(part)]
    if len(parts) < _MIN_SENTENCES or not asking:
        return question
    kept = asking[-_MAX_QUESTIONS:]
    if not has_content(" ".join(parts[number] for number in kept)) and kept[0]:
        kept = [kept[0] - 1, *kept]
    return " ".join(parts[number] for number in kept)
