"""Wrappers of a chat model, each with the model's own signature: ``DefaultReply(Fallback(primary, backup))``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import DEFAULT_PROVIDER, Chat, ChatCompletion, ChatRequest, Deadline

UNAVAILABLE: Final = "抱歉，服务暂时不可用，请稍后重试。"
_PRIMARY_SHARE: Final = 2 / 3  # of the remaining time; the rest is left for the backup


@dataclass(frozen=True, slots=True)
class Fallback:
    """Calls the primary model, and the backup if it fails, also by rate limits that retries did not overcome."""

    primary: Chat
    backup: Chat

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        try:
            return self.primary.complete(request, _share(deadline))
        except UpstreamUnavailableError:
            return self.backup.complete(request, deadline)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """Falls back only before the first piece, so that no answer mixes two models."""
        started = False
        try:
            for piece in self.primary.stream(request, _share(deadline)):
                started = True
                yield piece
        except UpstreamUnavailableError:
            if started:
                raise
            yield from self.backup.stream(request, deadline)


def _share(deadline: Deadline) -> Deadline:
    return deadline.within(deadline.remaining() * _PRIMARY_SHARE)


@dataclass(frozen=True, slots=True)
class DefaultReply:
    """Replies with a fixed sentence if no model answers, so that a provider's failure is not an error to the user."""

    chat: Chat

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        try:
            return self.chat.complete(request, deadline)
        except UpstreamUnavailableError:
            return _DEFAULT_REPLY

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """Raises if the stream breaks after its first piece: text that was sent cannot be withdrawn."""
        started = False
        try:
            for piece in self.chat.stream(request, deadline):
                started = True
                yield piece
        except UpstreamUnavailableError:
            if started:
                raise
            yield from (UNAVAILABLE, _DEFAULT_REPLY)


_DEFAULT_REPLY: Final = ChatCompletion(UNAVAILABLE, "fallback", 0, 0, DEFAULT_PROVIDER, 0.0)
