"""Chat completions: the last user message is answered from the base that ``model`` names, as a query or a message is.

``Chats`` is the entry; ``entry.protocols`` builds it, and turns what it returns into a response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voicehelper.adapters.database import TenantDatabase
from voicehelper.answering.citations import mark_places
from voicehelper.answering.events import Answered, Delta
from voicehelper.answering.response import MakeUrl, show_source
from voicehelper.conversations.service import MAX_ROUNDS, recent_history
from voicehelper.messages.language import Language
from voicehelper.protocols.bases import find_base
from voicehelper.protocols.openai.requests import ChatBody, ChatMessage
from voicehelper.protocols.openai.responses import (
    Annotation,
    ChatCompletion,
    Choice,
    CompletionMessage,
    CompletionUsage,
    UrlCitation,
)
from voicehelper.retrieval.question import Question
from voicehelper.text.tokens import approximate_tokens

Answer = Callable[[Question], Iterable[Delta | Answered]]
_SPOKEN: Final = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one completion from others: its id, and when it was made, in Unix seconds."""

    id: str
    created: int


@dataclass(frozen=True, slots=True)
class Chat:
    """A completion, and the pieces that its text came in."""

    completion: ChatCompletion
    pieces: Sequence[str]


@dataclass(frozen=True, slots=True)
class Chats:
    """Answers chats of one tenant; ``language`` is for what is said beside the answer."""

    tenant: TenantDatabase
    language: Language
    answer: Answer
    make_url: MakeUrl

    def __call__(self, body: ChatBody, stamp: Stamp) -> Chat:
        """KnowledgeBaseNotFoundError for an unknown model; what answering raises, before any piece is sent."""
        with self.tenant.transaction() as tx:
            base = find_base(tx, body.model)
        question = question_of(body.messages, Question("", [base.id], self.language))
        *deltas, answered = self.answer(question)
        assert isinstance(answered, Answered), "the last event of an answer"
        completion = ChatCompletion(
            id=stamp.id,
            created=stamp.created,
            model=body.model,
            choices=[Choice(message=message_of(answered, self.make_url))],
            usage=usage_of(body.messages, answered),
        )
        return Chat(completion, [delta.text for delta in deltas if isinstance(delta, Delta)])


def question_of(messages: Sequence[ChatMessage], question: Question) -> Question:
    """``question`` with the last user message as its text, and what user and assistant said before as its history.

    What follows the last user message, such as results of tools, is left out, as are instructions of the system.
    """
    last = max(number for number, message in enumerate(messages) if message.role == "user")
    spoken = [(m.role, m.content) for m in messages[:last] if m.role in _SPOKEN and m.content.strip()]
    history = recent_history(spoken[: -2 * MAX_ROUNDS - 1 : -1])
    text = messages[last].content.strip()
    return Question(text, question.base_ids, question.language, history=history, use_cache=not history)


def message_of(answered: Answered, make_url: MakeUrl) -> CompletionMessage:
    """A refusal is an answer, too: it says what was not found, and cites nothing."""
    return CompletionMessage(content=answered.text, annotations=annotations_of(answered, make_url))


def annotations_of(answered: Answered, make_url: MakeUrl) -> list[Annotation]:
    """One for each mark of a cited source, in the order of the text."""
    cited = {number: source for number, source in enumerate(answered.sources, 1) if source.is_cited}
    shown = {number: show_source(source, make_url) for number, source in cited.items()}
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=start,
                end_index=end,
                url=shown[number].url,
                title=shown[number].title or shown[number].filename,
            )
        )
        for start, end, number in mark_places(answered.text)
        if number in shown
    ]


def usage_of(messages: Sequence[ChatMessage], answered: Answered) -> CompletionUsage:
    """What the model reported; what none did is counted: the text that was sent, and the answer's."""
    reported = answered.usage
    completion = reported.completion_tokens or approximate_tokens(answered.text)
    prompt = reported.tokens - reported.completion_tokens
    if prompt <= 0:
        prompt = sum(approximate_tokens(message.content) for message in messages)
    return CompletionUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)
