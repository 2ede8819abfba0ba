"""One chat model of one provider, through any OpenAI-compatible endpoint."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from voicehelper.models.openai.call_budget import CallTimeoutError, ResponseTooLargeError
from voicehelper.models.openai.client import map_errors, remote_call
from voicehelper.models.openai.replies import clean_text, usage_of
from voicehelper.models.pricing import Prices, cost_usd
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline, Provider, ToolRequest

if TYPE_CHECKING:
    from openai import OpenAI

ResultT = TypeVar("ResultT")

_LONGEST_ANSWER: Final = 4  # times the usual latency
_BASE_BYTES: Final = 16_000
_MOST_CALLS: Final = 8
_BYTES_PER_TOKEN: Final = 64  # a token is some 4 bytes, up to 12 as JSON escapes
_EVENT_BYTES_PER_TOKEN: Final = 640  # a streamed token is an event of its own, with the names of all its fields


class OpenAIChat:
    """Implements ``Chat``; ``provider`` is the role of the model, primary or fallback.

    An answer that takes several times the model's usual ``latency_ms`` is taken for one that hangs, and asked for again
    if there is as much time.
    """

    def __init__(
        self, client: OpenAI, model: str, *, prices: Prices, provider: Provider = "primary", latency_ms: int = 1000
    ) -> None:
        self._client, self.model, self._prices, self._provider = client, model, prices, provider
        self._attempt_s = _LONGEST_ANSWER * latency_ms / 1000

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        max_bytes = _BASE_BYTES + _BYTES_PER_TOKEN * request.max_tokens
        return self._call(lambda: self._complete(request), deadline, max_bytes)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """Retries until the first piece arrives; UpstreamUnavailableError if the stream breaks after that."""
        max_bytes = _BASE_BYTES + _EVENT_BYTES_PER_TOKEN * request.max_tokens
        with _Stream(self._call(lambda: self._open(request), deadline, max_bytes)) as stream:
            pieces: list[str] = []
            length = 0
            while (piece := map_errors(stream.next_piece)) is not None:
                _check_progress(deadline, length := length + len(piece), request.max_tokens)
                pieces += [piece] if piece else []
                yield from [piece] if piece else []
        yield map_errors(lambda: self._completion(request, "".join(pieces), stream.usage))

    def _call(self, call: Callable[[], ResultT], deadline: Deadline, max_bytes: int) -> ResultT:
        return remote_call(call, deadline, model=self.model, max_bytes=max_bytes, attempt_s=self._attempt_s)

    def _complete(self, request: ChatRequest) -> ChatCompletion:
        answer = self._create(request, **_tools(request))
        message = answer.choices[0].message
        return self._completion(request, message.content, answer.usage, _calls(message) if request.tools else ())

    def _open(self, request: ChatRequest) -> tuple[Any, Any]:
        """(the stream, its first chunk): providers fail before that."""
        chunks = self._create(request, stream=True, stream_options={"include_usage": True})
        first = next(chunks, None)
        if first is None:
            raise ValueError("an empty stream")
        return chunks, first

    def _create(self, request: ChatRequest, **options: Any) -> Any:
        create: Any = self._client.chat.completions.create
        return create(
            model=self.model,
            messages=_messages(request),
            max_tokens=request.max_tokens,
            temperature=request.temperature,
            **options,
        )

    def _completion(
        self, request: ChatRequest, content: Any, usage: Any, calls: Sequence[ToolRequest] = ()
    ) -> ChatCompletion:
        text = clean_text(content) if isinstance(content, str) else ""
        if not text.strip() and not calls:
            raise ValueError("an empty answer")
        written = text + "".join(call.arguments for call in calls)
        prompt, completion, cached = usage_of(usage, request.messages, written, request.max_tokens)
        cost = cost_usd(prompt, completion, self._prices, cached_tokens=cached)
        return ChatCompletion(text, self.model, prompt, completion, self._provider, cost, calls)


def _messages(request: ChatRequest) -> list[Any]:
    """https://platform.openai.com/docs/guides/images-vision"""
    messages: list[Any] = list(request.messages)
    if request.picture:
        shown = {"type": "image_url", "image_url": {"url": request.picture}}
        last = messages[-1]
        messages[-1] = {**last, "content": [{"type": "text", "text": last["content"]}, shown]}
    return messages


def _tools(request: ChatRequest) -> dict[str, Any]:
    """https://platform.openai.com/docs/guides/function-calling"""
    if not request.tools:
        return {}
    named = {"type": "function", "function": {"name": request.tool_choice}}
    tools = [{"type": "function", "function": dict(tool)} for tool in request.tools]
    return {"tools": tools, "tool_choice": named if request.tool_choice else "auto"}


def _calls(message: Any) -> tuple[ToolRequest, ...]:
    """Of functions only, the first few: no step of an agent makes more than one."""
    functions = [getattr(call, "function", None) for call in (message.tool_calls or ())[:_MOST_CALLS]]
    return tuple(
        ToolRequest(clean_text(str(function.name)), clean_text(str(function.arguments or "")))
        for function in functions
        if function is not None
    )


class _Stream:
    """The chunks of a streamed answer; ``usage`` is that of the last chunk that had one."""

    def __init__(self, opened: tuple[Any, Any]) -> None:
        self._response, first = opened
        self._chunks = itertools.chain([first], self._response)
        self.usage: Any = None

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()

    def next_piece(self) -> str | None:
        """The text of the next chunk, which may be empty; None at the end."""
        chunk = next(self._chunks, None)
        if chunk is None:
            return None
        self.usage = getattr(chunk, "usage", None) or self.usage
        return _content_of(chunk)


def _content_of(chunk: Any) -> str:
    """The last chunk has usage and no choices."""
    choices: Sequence[Any] = getattr(chunk, "choices", None) or ()
    content = choices[0].delta.content if choices else ""
    return clean_text(content) if isinstance(content, str) else ""


def _check_progress(deadline: Deadline, length: int, max_tokens: int) -> None:
    if deadline.remaining() <= 0:
        raise CallTimeoutError("the answer did not end in time")
    if length > _BASE_BYTES + _BYTES_PER_TOKEN * max_tokens:
        raise ResponseTooLargeError(f"more than {max_tokens} tokens")
