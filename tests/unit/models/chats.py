"""Chat models in this process, for tests of their wrappers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.protocols import ChatCompletion, ChatRequest, Deadline


def request(text: str = "多久？", **options: object) -> ChatRequest:
    return ChatRequest([{"role": "user", "content": text}], **options)  # type: ignore[arg-type]


def within(seconds: float = 10.0) -> Deadline:
    return Deadline(time.monotonic() + seconds)


@dataclass
class FakeChat:
    """Answers with its name; fails as long as ``failures`` lasts. ``requests`` is what arrived."""

    name: str = "m"
    failures: list[Exception] = field(default_factory=list)
    requests: list[ChatRequest] = field(default_factory=list)
    cost_usd: float = 0.001

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        assert deadline.remaining() > 0
        self.requests.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return ChatCompletion(f"from {self.name}", self.name, 10, 5, "primary", self.cost_usd)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        completion = self.complete(request, deadline)
        yield from (completion.content[:4], completion.content[4:], completion)


def down(times: int) -> list[Exception]:
    return [UpstreamUnavailableError("down") for _ in range(times)]
