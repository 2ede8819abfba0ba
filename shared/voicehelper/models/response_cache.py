"""``Cached``: replies of a chat model kept for the same request of the same tenant, in the memory of the process and,
where there is one, in a cache that processes share.

The key holds everything that the reply depends on, so nothing must be invalidated when documents change: their
passages are part of the prompt. ``factory`` puts it around the models; ``reply_to_bytes`` and ``reply_from_bytes`` are
the form of a reply in the shared cache.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from pydantic import BaseModel, ConfigDict

from voicehelper.adapters.caching import LocalCache, SharedCache
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline, ToolRequest

MAX_REPLIES: Final = 256
TTL_S: Final = 600.0


@dataclass(slots=True)
class Replies:
    """At most ``max_replies`` in the process, of which the least recently used one leaves first, none older than
    ``ttl_s``. ``shared`` raises nothing: what it lacks is a miss.
    """

    max_replies: int = MAX_REPLIES
    ttl_s: float = TTL_S
    clock: Callable[[], float] = time.monotonic
    shared: SharedCache[ChatCompletion] | None = None
    _local: LocalCache[ChatCompletion] = field(init=False)
    _loading: dict[str, threading.Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._local = LocalCache(self.max_replies, self.clock)

    def peek(self, key: str) -> ChatCompletion | None:
        """From the process alone."""
        return next(iter(self._local.peek(key)), None)

    def get(self, key: str) -> ChatCompletion | None:
        if (reply := self.peek(key)) or self.shared is None:
            return reply
        if not (found := self.shared.read(key)):
            return None
        reply, left_s = found
        self._local.put(key, reply, min(left_s, self.ttl_s))
        return reply

    def put(self, key: str, reply: ChatCompletion) -> None:
        self._local.put(key, reply, self.ttl_s)
        if self.shared:
            self.shared.write(key, reply, self.ttl_s)

    def begin(self, key: str) -> threading.Event | None:
        """None if the caller is to load the reply and then call ``end``, else what is set when another one has."""
        with self._lock:
            if (loading := self._loading.get(key)) is None:
                self._loading[key] = threading.Event()
            return loading

    def end(self, key: str) -> None:
        with self._lock:
            self._loading.pop(key).set()


@dataclass(frozen=True, slots=True)
class Cached:
    """A kept reply says so (``provider`` cache), and costs nothing. Only replies of the model itself are kept, none of
    its fallback, and none of a request without a tenant.
    """

    chat: Chat
    replies: Replies = field(default_factory=Replies)

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        if not _may_use(request):
            return self.chat.complete(request, deadline)
        key = cache_key(request)
        if reply := self.replies.peek(key):
            return _as_cached(reply)
        if loading := self.replies.begin(key):
            return self._await(loading, key, request, deadline)
        try:
            return self._kept_or_loaded(key, request, deadline)
        finally:
            self.replies.end(key)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        key = cache_key(request) if _may_use(request) else ""
        if key and (reply := self.replies.get(key)):
            yield from (reply.content, _as_cached(reply))
            return
        for piece in self.chat.stream(request, deadline):
            if key and isinstance(piece, ChatCompletion):
                self._keep(key, piece)
            yield piece

    def _await(self, loading: threading.Event, key: str, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        """The reply to the same request that is under way; where that failed, one of this request's own."""
        if not loading.wait(max(0.0, deadline.remaining())):
            raise UpstreamUnavailableError("the same request did not end in time")
        return self._kept_or_loaded(key, request, deadline)

    def _kept_or_loaded(self, key: str, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        """Looks again first: between the first look and the start of this load another one may have ended."""
        if reply := self.replies.get(key):
            return _as_cached(reply)
        reply = self.chat.complete(request, deadline)
        self._keep(key, reply)
        return reply

    def _keep(self, key: str, reply: ChatCompletion) -> None:
        if reply.provider == "primary":
            self.replies.put(key, reply)


def cache_key(request: ChatRequest) -> str:
    """A digest of messages, model, temperature, longest answer, tenant and tools; it holds no text."""
    parts = [
        [dict(message) for message in request.messages],
        request.model,
        request.temperature,
        request.max_tokens,
        request.tenant,
        [dict(tool) for tool in request.tools],
        request.tool_choice,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class _Kept(BaseModel):
    """A reply in a shared cache, without what it cost: whoever gets it pays nothing."""

    model_config = ConfigDict(extra="forbid", strict=True)

    content: str
    model: str
    calls: tuple[ToolRequest, ...]


def reply_to_bytes(reply: ChatCompletion) -> bytes:
    """JSON. ValueError for text that has none, as half of a pair of surrogates."""
    return _Kept(content=reply.content, model=reply.model, calls=tuple(reply.calls)).model_dump_json().encode()


def reply_from_bytes(content: bytes) -> ChatCompletion:
    """ValueError for anything that ``reply_to_bytes`` does not write."""
    kept = _Kept.model_validate_json(content)
    return ChatCompletion(kept.content, kept.model, 0, 0, "primary", 0.0, kept.calls)


def _may_use(request: ChatRequest) -> bool:
    return request.use_cache and bool(request.tenant)


def _as_cached(reply: ChatCompletion) -> ChatCompletion:
    return replace(reply, provider="cache", prompt_tokens=0, completion_tokens=0, cost_usd=0.0)
