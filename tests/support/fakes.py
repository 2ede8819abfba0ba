"""In-memory stand-ins that honour the protocols of the product's edges."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from voicehelper.adapters.content import ContentStore, StoredObject
from voicehelper.adapters.executions import RUNNING
from voicehelper.adapters.queues import Letter
from voicehelper.ingestion.events import IngestionEvent

_BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeQueue:
    """``messages`` waits to be consumed, oldest first."""

    messages: list[str] = field(default_factory=list)

    def send(self, message: Mapping[str, Any], *, delay_s: int = 0) -> None:
        assert 0 <= delay_s <= 900
        self.messages.append(json.dumps(message))


@dataclass
class FakeLetters:
    """A queue that is read; what was received and not deleted is hidden, as in SQS, until ``reappear``."""

    bodies: list[str] = field(default_factory=list)
    hidden: list[Letter] = field(default_factory=list)

    def receive(self) -> list[Letter]:
        taken, self.bodies = self.bodies[:10], self.bodies[10:]
        letters = [Letter(body, f"receipt of {body}") for body in taken]
        self.hidden += letters
        return letters

    def delete(self, letter: Letter) -> None:
        self.hidden.remove(letter)

    def reappear(self) -> None:
        self.bodies += [letter.body for letter in self.hidden]
        self.hidden = []


@dataclass
class FakeExecutions:
    """``payloads`` by name; every execution runs until the test says otherwise in ``statuses``."""

    payloads: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, payload: str) -> bool:
        if name in self.payloads:
            return False
        self.payloads[name] = payload
        return True

    def status(self, name: str) -> str:
        return self.statuses.get(name, RUNNING)

    @property
    def events(self) -> list[IngestionEvent]:
        return [IngestionEvent.model_validate_json(payload) for payload in self.payloads.values()]


@dataclass
class FakeEmbedder:
    """Vectors by text; ``calls`` counts the questions embedded."""

    vectors: Mapping[str, Sequence[float]] = field(default_factory=dict)
    model: str = "m"
    dimensions: int = 3
    calls: int = 0

    def embed_query(self, text: str) -> list[float]:
        self.calls += 1
        return self._vector(text)

    def embed_passages(self, texts: Sequence[str]) -> list[list[float]]:
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        return list(self.vectors.get(text, [1.0, 0.0, 0.0]))


class FakeContent(ContentStore):
    """Objects by key, in memory."""

    def __init__(self, objects: Mapping[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})
        self._written = dict.fromkeys(self.objects, _BEGINNING)

    def put(self, key: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        assert content_type
        self.objects[key] = body
        self._written[key] = max(self._written.values(), default=_BEGINNING) + timedelta(seconds=1)

    def get(self, key: str) -> bytes:
        return self.objects[key]

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def find(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def exists(self, key: str) -> bool:
        return any(name.startswith(key) for name in self.objects)

    def stored(self, prefix: str) -> list[StoredObject]:
        return [StoredObject(key, self._written.get(key, _BEGINNING)) for key in self.keys(prefix)]

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)
            self._written.pop(key, None)

    def delete_prefix(self, prefix: str) -> int:
        doomed = self.keys(prefix)
        self.delete(doomed)
        return len(doomed)
