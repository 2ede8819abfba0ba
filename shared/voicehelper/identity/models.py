"""API models of registration, sign-in, users and sessions, for the rest of the room and ``functions/identity``."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from voicehelper.identity import names
from voicehelper.identity.common_passwords import is_common
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import SessionId

_RULES = (
    (re.compile(r"[A-Z]"), "PASSWORD_NEEDS_UPPER"),
    (re.compile(r"[a-z]"), "PASSWORD_NEEDS_LOWER"),
    (re.compile(r"[0-9]"), "PASSWORD_NEEDS_DIGIT"),
)


def _email(value: str) -> str:
    folded = names.fold(value)
    if not names.is_email(folded):
        raise ValueError("EMAIL_INVALID")
    return folded


def _username(value: str) -> str:
    folded = names.fold(value)
    if not 3 <= len(folded) <= 32:
        raise ValueError("USERNAME_LENGTH")
    if not names.is_visible(folded):
        raise ValueError("USERNAME_CHARACTERS")
    return folded


def _password(value: str) -> str:
    if not 8 <= len(value) <= 64:
        raise ValueError("PASSWORD_LENGTH")
    for rule, code in _RULES:
        if not rule.search(value):
            raise ValueError(code)
    if is_common(value):
        raise ValueError("PASSWORD_COMMON")
    return value


Email = Annotated[str, AfterValidator(_email)]
Password = Annotated[str, AfterValidator(_password)]
Username = Annotated[str, AfterValidator(_username)]


# As it is in an invitation's link; no longer one is anybody's.
InvitationToken = Annotated[str, Field(min_length=1, max_length=256)]


class Registration(Body):
    """With an ``invitation`` the account is one of its workspace, without one it gets a workspace of its own."""

    email: Email
    password: Password
    username: Username
    invitation: InvitationToken | None = None


class User(BaseModel):
    """A user in responses; the password's hash is not part of it."""

    id: UUID
    email: str
    username: str
    created_at: datetime


class Login(Body):
    email: Annotated[str, Field(max_length=names.MAX_EMAIL_CHARS), AfterValidator(names.fold)]
    password: Annotated[str, Field(max_length=256)]


class SignedInUser(BaseModel):
    id: UUID
    email: str
    username: str


class TokenPair(BaseModel):
    access_token: str
    refresh_token: str
    expires_in: int


class SignedIn(TokenPair):
    user: SignedInUser


class RefreshRequest(Body):
    refresh_token: Annotated[str, Field(max_length=4096)]


class PasswordChange(Body):
    current_password: Annotated[str, Field(max_length=256)]
    new_password: Password


class Session(BaseModel):
    """One sign-in that may still be refreshed; ``last_used_at`` is its latest refresh."""

    id: SessionId
    created_at: datetime
    last_used_at: datetime
    user_agent: str | None
    current: bool
