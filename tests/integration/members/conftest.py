"""A workspace whose members sign in, with keys of the test and a table of revocations in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.identity.api_keys.models import NewKey
from voicehelper.identity.api_keys.service import create_key
from voicehelper.identity.ends import Ends
from voicehelper.identity.models import Registration, User
from voicehelper.identity.tokens import Claims, verify
from voicehelper.members import invitations, joining, registration
from voicehelper.members.invitations import InvitationLink, NewInvitation
from voicehelper.members.models import Workspace as Joined

from tests.integration.identity.conftest import OFFICE, RIGHT, Identity
from tests.support.api_keys import Records
from tests.support.workspaces import Workspace

BASE_URL = "https://help.example.com"


@dataclass
class Company:
    """``owner`` has a workspace of their own, to which the others are invited."""

    workspace: Workspace
    identity: Identity

    def __post_init__(self) -> None:
        self.owner = self.workspace.member("owner")
        self.keys = Records()

    @property
    def ends(self) -> Ends:
        return Ends(self.identity.revocations, self.keys.table)

    def invite(self, email: str, role: Any = "reader", *, caller: UUID | None = None, **more: Any) -> InvitationLink:
        new, caller = NewInvitation(email=email, role=role, **more), caller or self.owner
        return invitations.invite(self.workspace.as_(caller), new, caller=caller, base_url=BASE_URL)

    def register(self, email: str, invitation: str | None = None) -> User:
        new = Registration(email=email, password=RIGHT, username="someone", invitation=invitation)
        return registration.register(self.identity.database, new, origin=OFFICE, limits=self.identity.limits)

    def accept(self, token: str, user_id: UUID) -> Joined:
        return joining.accept_invitation(self.identity.database, token, user_id=user_id)

    def make_key(self, user_id: UUID) -> str:
        """The key's prefix."""
        with self.workspace.as_(user_id).transaction() as tx:
            new = NewKey(name="nightly", scopes=["ask"])
            return create_key(tx, self.keys.table, new, user_id=user_id).prefix

    def role(self, user_id: UUID) -> str | None:
        rows = self.workspace.rows(
            "SELECT role FROM membership WHERE tenant_id = %s AND user_id = %s", self.workspace.tenant_id, user_id
        )
        return rows[0][0] if rows else None

    def claims(self, email: str) -> Claims:
        return verify(self.identity.keys, self.identity.sign_in(email).access_token, "at+jwt")


@pytest.fixture
def company(admin: psycopg.Connection[Any], database: Database) -> Company:
    return Company(Workspace(admin, database), Identity(database, admin))
