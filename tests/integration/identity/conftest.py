"""The services of sign-in against a real PostgreSQL, with keys of the test and a table of revocations in memory."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
from voicehelper.adapters.database import Database
from voicehelper.errors import TooManyRequestsError, VoiceHelperError
from voicehelper.identity import service
from voicehelper.identity.attempts import Origin
from voicehelper.identity.keys import KeyRing, SigningKeys
from voicehelper.identity.limits import DEPLOYED, Limits
from voicehelper.identity.models import Login, PasswordChange, Registration, SignedIn, User
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.sessions import SessionRef
from voicehelper.identity.tokens import verify

RIGHT, WRONG, NEW = "Quiet-River-7-Lamps", "Loud-Harbour-3-Bells", "Green-Window-5-Crows"
OFFICE = Origin("192.0.2.10", "browser/1")


@dataclass
class Published:
    """The table's write side, kept in memory."""

    families: list[UUID] = field(default_factory=list)

    def publish(self, family_id: UUID, *, now: int) -> None:
        assert now > 0
        self.families.append(family_id)


@dataclass
class Identity:
    """Sign-in as its functions call it; outcomes are codes, so that many of them can be compared."""

    database: Database
    admin: psycopg.Connection[Any]
    limits: Limits = DEPLOYED
    keys: KeyRing = field(default_factory=lambda: KeyRing(lambda: SigningKeys("one", {"one": b"k" * 64})))
    published: Published = field(default_factory=Published)

    @property
    def revocations(self) -> RevocationTable:
        return cast("RevocationTable", self.published)

    def register(self, email: str = "", origin: Origin = OFFICE) -> User:
        new = Registration(email=email or f"{uuid.uuid4().hex}@example.org", password=RIGHT, username="someone")
        return service.register(self.database, new, origin=origin, limits=self.limits)

    def sign_in(self, email: str, password: str = RIGHT, origin: Origin = OFFICE) -> SignedIn:
        login = Login(email=email, password=password)
        return service.sign_in(self.database, self.keys, login, origin=origin, limits=self.limits)

    def session(self, signed_in: SignedIn) -> SessionRef:
        claims = verify(self.keys, signed_in.access_token, "at+jwt")
        return SessionRef(claims.subject, claims.family_id)

    def change_password(self, session: SessionRef, current: str, new: str = NEW) -> None:
        change = PasswordChange(current_password=current, new_password=new)
        service.change_password(
            self.database, self.revocations, change, session=session, origin=OFFICE, limits=self.limits
        )

    def let_pass(self, seconds: float) -> None:
        """Everything that was recorded happened this much earlier."""
        self.admin.execute(
            """UPDATE attempt_window SET expires_at = expires_at - make_interval(secs => %(s)s), attempted_at =
               ARRAY(SELECT at - make_interval(secs => %(s)s) FROM unnest(attempted_at) WITH ORDINALITY AS a (at, n)
                      ORDER BY n)""",
            {"s": seconds},
        )
        self.admin.execute(
            """UPDATE refresh_family SET created_at = created_at - make_interval(secs => %(s)s), ends_at = ends_at -
               make_interval(secs => %(s)s), last_used_at = last_used_at - make_interval(secs => %(s)s)""",
            {"s": seconds},
        )


def outcome(call: Callable[[], object]) -> str:
    """ "ok", or the code of the error."""
    try:
        call()
    except VoiceHelperError as error:
        return error.code
    return "ok"


def wait_s(call: Callable[[], object]) -> int:
    with pytest.raises(TooManyRequestsError) as refused:
        call()
    return int(refused.value.details["retry_after_s"])


@pytest.fixture
def identity(database: Database, admin: psycopg.Connection[Any]) -> Identity:
    return Identity(database, admin)
