"""``TaskRef``: where a file and what was read of it are in storage; by tenant and user, so nobody else's is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

FOLDER: Final = "recognition"


@dataclass(frozen=True, slots=True)
class TaskRef:
    tenant_id: UUID
    user_id: UUID
    task_id: UUID

    @property
    def prefix(self) -> str:
        return f"{FOLDER}/{self.tenant_id}/{self.user_id}/{self.task_id}/"

    @property
    def source(self) -> str:
        return f"{self.prefix}source"

    @property
    def request(self) -> str:
        return f"{self.prefix}request.json"

    @property
    def started(self) -> str:
        return f"{self.prefix}started"

    @property
    def outcome(self) -> str:
        return f"{self.prefix}outcome.json"
