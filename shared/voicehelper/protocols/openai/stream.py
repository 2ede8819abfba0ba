"""A chat completion as server-sent events; ``events_of`` is the entry.

The gateway of HTTP APIs sends a response as a whole, so the events arrive together, when the answer is complete: an
error still has its status, and clients that wait for events get them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from voicehelper.protocols.openai.chat import Chat

MEDIA_TYPE: Final = "text/event-stream"
DONE: Final = "data: [DONE]\n\n"


def events_of(chat: Chat, *, includes_usage: bool) -> str:
    """Chunks of the role, the text, its annotations and the end; then, where it was asked for, the usage; [DONE]."""
    chunks = _chunks(chat, includes_usage=includes_usage)
    return "".join(f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks) + DONE


def _chunks(chat: Chat, *, includes_usage: bool) -> Iterator[dict[str, Any]]:
    completion = chat.completion
    common: dict[str, Any] = {
        "id": completion.id,
        "object": "chat.completion.chunk",
        "created": completion.created,
        "model": completion.model,
    }
    pending = {"usage": None} if includes_usage else {}
    for delta in _deltas(chat):
        yield common | {"choices": [_choice(delta)]} | pending
    yield common | {"choices": [_choice({}, "stop")]} | pending
    if includes_usage:
        yield common | {"choices": [], "usage": completion.usage.model_dump()}


def _deltas(chat: Chat) -> Iterator[Mapping[str, Any]]:
    yield {"role": "assistant", "content": "", "refusal": None}
    yield from ({"content": piece} for piece in chat.pieces if piece)
    if annotations := chat.completion.choices[0].message.annotations:
        yield {"annotations": [annotation.model_dump() for annotation in annotations]}


def _choice(delta: Mapping[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
