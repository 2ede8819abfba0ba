"""A workspace with one restricted base, and callers who come to it by every way."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from voicehelper.adapters.database import Database

from tests.support.bases import index_document
from tests.support.in_process import Credential
from tests.support.operations import ROLES, SCOPES
from tests.support.workspaces import Workspace

NOBODY: Final = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"
GRANTS: Final = ("member", "group", "nobody")
READ, WRITE = 1, 2
FACT, QUESTION = "The spare key of the archive is kept in the blue box.", "Where is the spare key of the archive kept?"
FILLERS: Final = (
    "The canteen opens at noon on weekdays.",
    "Invoices are paid within thirty days.",
    "A visitor signs the book at the reception.",
    "The lift is inspected every spring.",
)


class RestrictedBase:
    """One workspace with one restricted base; for each role and way of a grant a member with a key of each scope."""

    def __init__(self, admin: psycopg.Connection[Any], database: Database) -> None:
        self.workspace = Workspace(admin, database)
        self.tenant_id, self.kb_id = self.workspace.base.tenant_id, self.workspace.base.kb_id
        admin.execute("UPDATE knowledge_base SET visibility = 'restricted'")
        document_id = index_document(admin, self.workspace.base, "a.txt", FACT, *FILLERS)
        self.name = "b"
        self.ids = {"kb_id": f"kb-{self.kb_id}", "document_id": f"doc-{document_id}", "model": f"kb-{self.kb_id}"}
        self.ids |= {"workspace_id": str(self.tenant_id), "user_id": NOBODY, "subject": NOBODY, "page": "1"}
        kinds = ("conversation", "session", "task", "approval", "group", "invitation", "key", "chunk")
        for kind in (*kinds, "webhook", "delivery"):
            prefix = {"conversation": "conv"}.get(kind, kind)
            self.ids[f"{kind}_id"] = f"{prefix}-{NOBODY}"
        self.workspace.member("owner")  # so that no owner is the last one
        self.groups: dict[UUID, UUID] = {}  # of members who have their grant by one
        self.members = {(role, grant): self._member(role, grant) for role in ROLES for grant in GRANTS}

    def _member(self, role: str, grant: str) -> dict[str | None, Credential]:
        user_id = self.workspace.member(role)
        self.grant(user_id, grant, WRITE)
        keys = {scope: self.key(user_id, scope) for scope in SCOPES}
        credentials: dict[str | None, Credential] = {None: Credential(user_id, self.tenant_id, role)}
        return credentials | {
            scope: Credential(user_id, self.tenant_id, role, key, scope) for scope, key in keys.items()
        }

    def grant(self, user_id: UUID, way: str, level: int) -> None:
        row: dict[str, Any] = {
            "kb": self.kb_id,
            "tenant": self.tenant_id,
            "user": user_id,
            "group": uuid4(),
            "level": level,
        }
        run = self.workspace.admin.execute
        if way == "member":
            run("INSERT INTO base_grant VALUES (%(kb)s, %(tenant)s, %(user)s, NULL, %(level)s)", row)
        if way == "group":
            self.groups[user_id] = row["group"]
            run("INSERT INTO member_group VALUES (%(group)s, %(tenant)s, %(group)s::text)", row)
            run("INSERT INTO group_member VALUES (%(group)s, %(tenant)s, %(user)s)", row)
            run("INSERT INTO base_grant VALUES (%(kb)s, %(tenant)s, NULL, %(group)s, %(level)s)", row)

    def key(self, user_id: UUID, *scopes: str) -> UUID:
        key_id = uuid4()
        self.workspace.admin.execute(
            "INSERT INTO api_key (id, tenant_id, user_id, name, prefix, secret_hash, scopes)"
            " VALUES (%s, %s, %s, 'key', %s, 'h', %s)",
            (key_id, self.tenant_id, user_id, key_id.hex[:12], list(scopes)),
        )
        return key_id
