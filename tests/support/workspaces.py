"""A workspace with members in a real database, for tests below the HTTP interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import Base, add_member, create_base


@dataclass
class Workspace:
    admin: psycopg.Connection[Any]
    database: Database

    def __post_init__(self) -> None:
        self.base = create_base(self.admin)
        self.tenant_id = self.base.tenant_id

    def member(self, role: str = "reader") -> UUID:
        return add_member(self.admin, self.tenant_id, role)

    def as_(self, user_id: UUID) -> TenantDatabase:
        """The database as this member's requests have it."""
        return TenantDatabase(self.database, self.tenant_id, Viewer(user_id))

    def other_base(self, *, made_by: UUID | None = None) -> Base:
        base = Base(self.tenant_id, uuid4())
        self.admin.execute(
            "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model, created_by)"
            " VALUES (%s, %s, %s, 'other', 'm', %s)",
            (base.kb_id, self.tenant_id, f"b_{base.kb_id.hex}", made_by),
        )
        return base

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.admin.execute(statement, values).fetchall()
