"""One chat model of one provider, through any OpenAI-compatible endpoint."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from voicehelper.models.openai.client import map_errors, request_timeout
from voicehelper.models.openai.retrying import TransientError, with_retries
from voicehelper.models.pricing import cost_usd
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline, Provider

if TYPE_CHECKING:
    from openai import OpenAI


class OpenAIChat:
    """Implements ``Chat``; ``provider`` is the role of the model, primary or fallback."""

    def __init__(self, client: OpenAI, model: str, *, cost_per_1k_usd: float, provider: Provider = "primary") -> None:
        self._client, self.model, self._price, self._provider = client, model, cost_per_1k_usd, provider

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        return with_retries(lambda: map_errors(lambda: self._complete(request, deadline)), deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """Retries until the first piece arrives; TransientError if the stream breaks after that."""
        chunks = with_retries(lambda: map_errors(lambda: self._open_stream(request, deadline)), deadline)
        pieces: list[str] = []
        usage: Any = None
        while (chunk := map_errors(lambda: next(chunks, None))) is not None:
            if deadline.remaining() <= 0:
                raise TransientError("the answer did not end in time")
            usage = getattr(chunk, "usage", None) or usage
            if piece := _content_of(chunk):
                pieces.append(piece)
                yield piece
        yield map_errors(lambda: self._completion("".join(pieces), usage))

    def _complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        answer = self._create(request, deadline)
        return self._completion(answer.choices[0].message.content, answer.usage)

    def _open_stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[Any]:
        """The chunks, once the first has arrived: providers fail before that."""
        chunks = iter(self._create(request, deadline, stream=True, stream_options={"include_usage": True}))
        first = next(chunks, None)
        if first is None:
            raise ValueError("an empty stream")
        return itertools.chain([first], chunks)

    def _create(self, request: ChatRequest, deadline: Deadline, **options: Any) -> Any:
        create: Any = self._client.chat.completions.create
        return create(
            model=self.model,
            messages=list(request.messages),
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            timeout=request_timeout(deadline),
            **options,
        )

    def _completion(self, content: Any, usage: Any) -> ChatCompletion:
        if not isinstance(content, str) or not content.strip():
            raise ValueError("an empty answer")
        prompt = int(getattr(usage, "prompt_tokens", 0) or 0)
        completion = int(getattr(usage, "completion_tokens", 0) or 0)
        price = cost_usd(prompt + completion, self._price)
        return ChatCompletion(content, self.model, prompt, completion, self._provider, price)


def _content_of(chunk: Any) -> str:
    """The last chunk has usage and no choices."""
    choices: Sequence[Any] = getattr(chunk, "choices", None) or ()
    return str(choices[0].delta.content or "") if choices else ""
