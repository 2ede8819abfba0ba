"""API models of registration, sign-in, users and sessions, for the rest of the room and ``functions/identity``."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from voicehelper.identity.common_passwords import is_common
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import SessionId

# One @, a dotted domain, no spaces or control characters: only delivery can prove an address. The library for this,
# email-validator, refuses private domains of companies such as .local, and imports a DNS client.
_EMAIL = re.compile(r"^[^\s@\x00-\x1f<>()\[\],;:\"\\]{1,64}@(?:[^\s@\x00-\x1f.]{1,63}\.)+[^\s@\x00-\x1f.]{2,63}$")
_RULES = (
    (re.compile(r"[A-Z]"), "PASSWORD_NEEDS_UPPER"),
    (re.compile(r"[a-z]"), "PASSWORD_NEEDS_LOWER"),
    (re.compile(r"[0-9]"), "PASSWORD_NEEDS_DIGIT"),
)


def _email(value: str) -> str:
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        raise ValueError("EMAIL_INVALID")
    return value


def _password(value: str) -> str:
    if not 8 <= len(value) <= 64:
        raise ValueError("PASSWORD_LENGTH")
    for rule, code in _RULES:
        if not rule.search(value):
            raise ValueError(code)
    if is_common(value):
        raise ValueError("PASSWORD_COMMON")
    return value


def _username(value: str) -> str:
    if not 3 <= len(value) <= 32 or not value.isprintable():
        raise ValueError("USERNAME_LENGTH")
    return value


def _strip(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Email = Annotated[str, BeforeValidator(_strip), AfterValidator(_email)]
Password = Annotated[str, AfterValidator(_password)]
Username = Annotated[str, BeforeValidator(_strip), AfterValidator(_username)]


class Registration(Body):
    email: Email
    password: Password
    username: Username


class User(BaseModel):
    """A user in responses; the password's hash is not part of it."""

    id: UUID
    email: str
    username: str
    created_at: datetime


class Login(Body):
    email: Annotated[str, Field(max_length=254)]
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
