"""Keys of machines in memory: the table of their records, and a reader with a clock of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.api_keys.reader import KeyReader
from voicehelper.identity.api_keys.secret import new_secret, read_secret
from voicehelper.identity.api_keys.table import KeyRecord, KeyTable
from voicehelper.identity.limits import Limit

LIMIT = Limit("address", 3, 900)
OFFICE, HOME = "192.0.2.7", "198.51.100.9"


@dataclass
class Records:
    """``KeyTable`` without DynamoDB; ``calls`` are its operations in order, those of ``down`` fail."""

    records: dict[str, KeyRecord] = field(default_factory=dict)
    uses: dict[tuple[UUID, str], int] = field(default_factory=dict)
    failures: dict[tuple[str, int], int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: Collection[str] = ()

    @property
    def table(self) -> KeyTable:
        return cast("KeyTable", self)

    def publish(self, prefix: str, record: KeyRecord) -> None:
        self._note("publish")
        self.records[prefix] = record

    def forget(self, prefix: str, *, now: int) -> None:
        self._note("forget")
        assert now > 0
        self.records.pop(prefix, None)

    def find(self, prefix: str) -> KeyRecord | None:
        self._note("find")
        return self.records.get(prefix)

    def note_use(self, tenant_id: UUID, prefix: str, *, now: int, before: int) -> None:
        self._note("note_use")
        if self.uses.get((tenant_id, prefix), 0) < before:
            self.uses[tenant_id, prefix] = now

    def last_uses(self, tenant_id: UUID) -> dict[str, int]:
        self._note("last_uses")
        return {prefix: at for (tenant, prefix), at in self.uses.items() if tenant == tenant_id}

    def count_failure(self, network: str, *, window: int, ends_at: int) -> int:
        self._note("count_failure")
        assert ends_at == (window + 1) * LIMIT.window_s
        self.failures[network, window] = self.failures.get((network, window), 0) + 1
        return self.failures[network, window]

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if call in self.down:
            raise UpstreamUnavailableError("no answer")


@dataclass
class Clock:
    """Unix seconds at the start of a window of failures."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def record(text: str, *, role: str = "editor", scopes: tuple[str, ...] = ("ask",), expires_at: int = 0) -> KeyRecord:
    presented = read_secret(text)
    assert presented is not None
    return KeyRecord(UUID(int=7), UUID(int=1), UUID(int=2), presented.digest, role, scopes, expires_at)


@dataclass
class Machine:
    """One key with its record, and a process of the authorizer that reads it."""

    records: Records = field(default_factory=Records)
    clock: Clock = field(default_factory=Clock)
    text: str = field(default_factory=new_secret)

    def __post_init__(self) -> None:
        self.reader = self.another_process()
        self.publish()

    @property
    def prefix(self) -> str:
        return self.text.split("_")[1]

    def publish(self, *, expires_at: int = 0) -> None:
        self.records.records[self.prefix] = record(self.text, expires_at=expires_at)

    def another_process(self) -> KeyReader:
        return KeyReader(self.records, LIMIT, self.clock)

    def used_at(self) -> int:
        (at,) = self.records.uses.values()
        return at

    def call(self, text: str = "", network: str = OFFICE) -> dict[str, str]:
        return self.reader.context(text or self.text, network=network)
