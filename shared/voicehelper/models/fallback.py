"""Wrappers of a chat model, each with the model's own signature: ``LastSentence(Fallback(primary, backup))``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatCompletion, ChatRequest, Deadline

UNAVAILABLE: Final = "抱歉，服务暂时不可用，请稍后重试。"
_PRIMARY_SHARE: Final = 2 / 3  # of the time, where a backup waits


@dataclass(frozen=True, slots=True)
class Fallback:
    """The primary model; the backup when it fails, also after exhausted rate limits."""

    primary: Chat
    backup: Chat

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        try:
            return self.primary.complete(request, _share(deadline))
        except UpstreamUnavailableError:
            return self.backup.complete(request, deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """The backup takes over only before a first piece: two models never write one answer."""
        begun = False
        try:
            for piece in self.primary.stream(request, _share(deadline)):
                begun = True
                yield piece
        except UpstreamUnavailableError:
            if begun:
                raise
            yield from self.backup.stream(request, deadline)


def _share(deadline: Deadline) -> Deadline:
    return Deadline(deadline.clock() + deadline.remaining() * _PRIMARY_SHARE, deadline.clock)


@dataclass(frozen=True, slots=True)
class LastSentence:
    """A fixed sentence when no model answers, so that a provider's failure is never an error to the user."""

    chat: Chat

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        try:
            return self.chat.complete(request, deadline)
        except UpstreamUnavailableError:
            return _LAST

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """What has been said cannot be taken back: a stream that breaks after its first piece raises."""
        begun = False
        try:
            for piece in self.chat.stream(request, deadline):
                begun = True
                yield piece
        except UpstreamUnavailableError:
            if begun:
                raise
            yield from (UNAVAILABLE, _LAST)


_LAST: Final = ChatCompletion(UNAVAILABLE, "fallback", 0, 0, DEFAULT_PROVIDER, 0.0)
