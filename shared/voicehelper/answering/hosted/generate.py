"""Answers written by a hosted model, held to the passages it was given (RAG-13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicehelper.answering.answer import Answer
from voicehelper.answering.hosted.prompt import answer_from_reply, answer_messages, refusal
from voicehelper.answering.service import Question, Usage
from voicehelper.models.openai.chat import Chat
from voicehelper.retrieval.passage import Passage
from voicehelper.text.question_terms import Idf

READ_PASSAGES: Final = 8
MAX_TOKENS: Final = 1000
# API Gateway gives up after 30 s: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
WITHIN_S: Final = 22.0


def generate_answer(question: Question, passages: Sequence[Passage], idf: Idf, *, chat: Chat) -> tuple[Answer, Usage]:
    """No passages, no call: the model would only be tempted. The fixed sentence of a dead provider cites nothing."""
    if not passages:
        return refusal(question.text), Usage("none")
    read = passages[:READ_PASSAGES]
    messages = answer_messages(question.text, read, history=question.history)
    said = chat.complete(messages, max_tokens=MAX_TOKENS, temperature=0.0, within_s=WITHIN_S)
    usage = Usage(said.model, said.tokens, said.cost_usd)
    if said.provider == "default":
        return Answer(said.content, [], refused=True, confidence=0.0), usage
    return answer_from_reply(said.content, question.text, read, idf), usage
