"""API models of members and workspaces, for the rest of the room and ``functions/members``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from voicehelper.identity import names
from voicehelper.identity.models import InvitationToken
from voicehelper.members.roles import Role
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import GroupId, UserId, WorkspaceId


class GroupName(BaseModel):
    id: GroupId
    name: str


class Member(BaseModel):
    """``last_seen_at`` is the latest sign-in, refresh or switch to this workspace; None before the first."""

    user_id: UserId
    email: str
    username: str
    role: Role
    groups: list[GroupName]
    joined_at: datetime
    last_seen_at: datetime | None


class RoleChange(Body):
    role: Role


class Workspace(BaseModel):
    """A workspace as one of its members sees it; ``current`` is the one that the caller's token names."""

    id: WorkspaceId
    name: str
    role: Role
    current: bool


def _name(value: str) -> str:
    folded = names.fold(value)
    if not (1 <= len(folded) <= 64 and names.is_visible(folded)):
        raise ValueError("WORKSPACE_NAME_INVALID")
    return folded


class WorkspaceChange(Body):
    name: Annotated[str, AfterValidator(_name)]


class Acceptance(Body):
    """``invitation`` is the token of the link."""

    invitation: InvitationToken


class Switch(Body):
    workspace_id: WorkspaceId
