"""Who may call what: one table of every operation that needs a token, and what it says of a caller.

A line is a scope that the operation asks for (several, of which one will do), who may beside that, and what right on
the base it needs. ``outcome`` is what follows for a role, a credential and a right that was granted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

Outcome = Literal["allowed", "refused", "hidden"]
ROLES: Final = ("owner", "admin", "editor", "reader")
SCOPES: Final = ("ask", "retrieve", "write", "admin")
ADMINISTRATORS: Final = ("owner", "admin")
LEVELS: Final = {"read": 1, "write": 2, "manage": 3}

# A person in a session, never a key; then which role.
SESSION: Final = {
    "owner": "PATCH /workspaces/{workspace_id}",
    "admin": """
        PATCH /members/{user_id}
        DELETE /members/{user_id}
        PUT /budgets/{subject}
        DELETE /budgets/{subject}
    """,
    "": """
        POST /auth/logout
        POST /auth/switch
        DELETE /users/me
        GET /users/me/export
        POST /users/me/password
        GET /users/me/sessions
        DELETE /users/me/sessions/{session_id}
        GET /keys
        POST /keys
        DELETE /keys/{key_id}
        GET /workspaces
        POST /members/invitations/accept
    """,
}
# By the scope, without a base; whose the conversation or the task is, is another matter.
SCOPED: Final = {
    "": "GET /users/me",
    "ask": """
        GET /conversations
        GET /conversations/{conversation_id}
        PATCH /conversations/{conversation_id}
        DELETE /conversations/{conversation_id}
        GET /conversations/{conversation_id}/messages
        POST /conversations/{conversation_id}/messages
        GET /agent/tools
        GET /agent/tasks
        GET /agent/tasks/{task_id}
        DELETE /agent/tasks/{task_id}
        POST /agent/tasks/{task_id}/resume
        GET /agent/tasks/{task_id}/approvals
        POST /agent/tasks/{task_id}/approvals/{approval_id}
        GET /models
        POST /multimodal/process
        GET /multimodal/tasks/{task_id}
        GET /voice/voices
        POST /voice/asr
        POST /voice/tts
        POST /voice/vad
        POST /voice/turn
    """,
    "ask retrieve": """
        GET /knowledge/bases
        GET /v1/models
        POST /mcp
    """,
    "retrieve": "POST /embeddings/analysis",
    "admin": """
        GET /usage
        GET /audit
        GET /budgets
        GET /users
        POST /groups
        DELETE /groups/{group_id}
        PUT /groups/{group_id}/members
        GET /members/invitations
        POST /members/invitations
        DELETE /members/invitations/{invitation_id}
        GET /webhooks
        POST /webhooks
        GET /webhooks/{webhook_id}
        PATCH /webhooks/{webhook_id}
        DELETE /webhooks/{webhook_id}
        POST /webhooks/{webhook_id}/ping
        GET /webhooks/{webhook_id}/deliveries
        POST /webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver
    """,
}
# Editors and administrators, by the scope.
EDITORS: Final = {"write": "POST /knowledge/bases", "write admin": "GET /groups\nGET /members"}
# By the scope and by the right on the base.
ON_THE_BASE: Final = {
    ("ask", "read"): """
        POST /rag/query
        POST /conversations
        POST /agent/execute
        POST /v1/chat/completions
    """,
    ("ask retrieve", "read"): """
        GET /knowledge/bases/{kb_id}
        GET /v1/models/{model}
    """,
    ("retrieve", "read"): """
        POST /retrieval
        POST /rag/diagnose
        POST /dify/retrieval
        POST /v1/embeddings
        GET /knowledge/bases/{kb_id}/documents
        GET /knowledge/documents/{document_id}
        GET /knowledge/documents/{document_id}/file
        GET /knowledge/documents/{document_id}/status
        GET /knowledge/documents/{document_id}/chunks
        GET /knowledge/documents/{document_id}/pages/{page}
        GET /knowledge/documents/{document_id}/pages/{page}/boxes
        GET /knowledge/documents/{document_id}/versions
    """,
    ("write", "write"): """
        POST /knowledge/bases/{kb_id}/documents
        POST /knowledge/bases/{kb_id}/documents/direct
        POST /knowledge/bases/{kb_id}/retry
        POST /knowledge/documents/{document_id}/retry
        POST /knowledge/documents/{document_id}/reindex
        POST /knowledge/documents/{document_id}/restore
        PATCH /knowledge/documents/{document_id}
        DELETE /knowledge/documents/{document_id}
        POST /knowledge/documents/{document_id}/chunks
        PATCH /knowledge/documents/{document_id}/chunks/{chunk_id}
        DELETE /knowledge/documents/{document_id}/chunks/{chunk_id}
    """,
    ("write", "manage"): """
        PATCH /knowledge/bases/{kb_id}
        DELETE /knowledge/bases/{kb_id}
        POST /knowledge/bases/{kb_id}/reindex
        GET /knowledge/bases/{kb_id}/access
        PUT /knowledge/bases/{kb_id}/access
    """,
}


@dataclass(frozen=True, slots=True)
class Needs:
    """``scopes``: one of them, if there are any; ``right`` is on the base."""

    scopes: tuple[str, ...] = ()
    is_session: bool = False
    roles: Collection[str] = ROLES
    right: str = ""

    def outcome(self, role: str, scope: str | None, granted: int) -> Outcome:
        """``scope`` is the only one of a key, None of a session; ``granted`` the level of a grant on the base."""
        has = {"ask", "retrieve", "write", *(("admin",) if role in ADMINISTRATORS else ())}
        if scope is not None:
            has &= {scope}
        if (self.is_session and scope) or (self.scopes and has.isdisjoint(self.scopes)) or role not in self.roles:
            return "refused"
        if not self.right:
            return "allowed"
        level = 3 if role in ADMINISTRATORS else granted
        if not level:
            return "hidden"
        return "allowed" if level >= LEVELS[self.right] else "refused"


def _table() -> dict[str, Needs]:
    allowed = {"owner": ("owner",), "admin": ADMINISTRATORS, "": ROLES}
    found = {name: Needs((), True, allowed[who]) for who, names in SESSION.items() for name in _lines(names)}
    for scopes, names in SCOPED.items():
        found |= dict.fromkeys(_lines(names), Needs(tuple(scopes.split())))
    for scopes, names in EDITORS.items():
        found |= dict.fromkeys(_lines(names), Needs(tuple(scopes.split()), roles=ROLES[:3]))
    for (scopes, right), names in ON_THE_BASE.items():
        found |= dict.fromkeys(_lines(names), Needs(tuple(scopes.split()), right=right))
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")]


OPERATIONS: Final = _table()
