"""A forgotten password: a link by mail, and the new password that it sets once within half an hour.

``request_reset`` and ``reset_password`` are the entries, of ``functions/identity``. Whoever asks learns nothing about
an address: known and unknown ones have the same answer, limits, statements and hand-over to the function that sends.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from voicehelper.adapters.database import Database, Transaction
from voicehelper.adapters.invoke import Later
from voicehelper.adapters.smtp import Mailer
from voicehelper.errors import NotFoundError, UpstreamUnavailableError
from voicehelper.identity import names
from voicehelper.identity.attempts import Origin
from voicehelper.identity.limits import Limits, count_attempt, refuse_if_waiting, remove_expired, wait_s
from voicehelper.identity.models import InvitationToken, Password
from voicehelper.identity.passwords import hash_password
from voicehelper.identity.revocation import RevocationTable
from voicehelper.identity.sessions import end_all_sessions
from voicehelper.messages.catalogue import message_for
from voicehelper.messages.language import Language
from voicehelper.shapes.bodies import Body

LIFE_S: Final = 1800
_TOKEN_BYTES: Final = 32


class PasswordResetUnavailableError(UpstreamUnavailableError):
    """The deployment sends no mail; the same for every address."""

    code = "PASSWORD_RESET_UNAVAILABLE"


class ResetTokenNotFoundError(NotFoundError):
    """There is none, it has been used, or its half hour is over."""

    code = "RESET_TOKEN_NOT_FOUND"


class ForgottenPassword(Body):
    email: Annotated[str, Field(max_length=names.MAX_EMAIL_CHARS), AfterValidator(names.fold)]


class PasswordReset(Body):
    """``token`` is that of the mail."""

    token: InvitationToken
    new_password: Password


class ResetRequested(BaseModel):
    """The same for every address."""

    message: str


class Mail(BaseModel):
    """What the function that sends receives. ``to`` is None for an address that nobody has: then it sends nothing."""

    to: str | None
    subject: str
    text: str


def request_reset(
    database: Database, email: str, *, origin: Origin, limits: Limits, send: Later, base_url: str, language: Language
) -> ResetRequested:
    """TooManyRequestsError after so many requests for one address or from one network, whoever has the address."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.transaction() as tx:
        counted = (limits.resets, email), (limits.reset_networks, origin.network)
        waits = [0 if count_attempt(tx, limit, value) else wait_s(tx, limit, value) for limit, value in counted]
        to = None if max(waits) > 0 else _insert(tx, email, token)
        remove_expired(tx)
    refuse_if_waiting(*waits)
    url = f"{base_url}/?password_reset={token}"
    text = message_for("MAIL_RESET_TEXT", language, {"url": url, "token": token})
    send(Mail(to=to, subject=message_for("MAIL_RESET_SUBJECT", language), text=text).model_dump(mode="json"))
    return ResetRequested(message=message_for("PASSWORD_RESET_REQUESTED", language))


@dataclass(frozen=True, slots=True)
class _Address:
    email: str


# Expired ones go with the next request.
_INSERT: Final = """
    WITH gone AS (DELETE FROM password_reset WHERE expires_at < now()),
    u AS (SELECT id, email FROM app_user WHERE lower(email) = lower(%(email)s) AND status = 'active'),
    r AS (INSERT INTO password_reset (token_hash, user_id, expires_at)
          SELECT %(token_hash)s, u.id, now() + make_interval(secs => %(life_s)s) FROM u)
    SELECT email FROM u
"""


def _insert(tx: Transaction, email: str, token: str) -> str | None:
    """The address as its user wrote it; None if nobody has it."""
    found = tx.one(_Address, _INSERT, email=email, token_hash=_digest(token), life_s=LIFE_S)
    return found.email if found else None


def send_mail(mail: Mail, mailer: Mailer) -> None:
    if mail.to:
        mailer.send(to=mail.to, subject=mail.subject, text=mail.text)


@dataclass(frozen=True, slots=True)
class _User:
    user_id: UUID


_FIND: Final = "SELECT user_id FROM password_reset WHERE token_hash = %(token_hash)s AND expires_at > now()"
# The token and whatever else was sent to its user, so that of two who use it at once the second finds nothing.
_USE: Final = """
    WITH used AS (DELETE FROM password_reset WHERE token_hash = %(token_hash)s AND expires_at > now() RETURNING user_id)
    UPDATE app_user AS u SET password_hash = %(password_hash)s FROM used
     WHERE u.id = used.user_id AND u.status = 'active'
    RETURNING u.id AS user_id
"""
_FORGET: Final = "DELETE FROM password_reset WHERE user_id = %(user_id)s"


def reset_password(database: Database, revocations: RevocationTable, reset: PasswordReset) -> None:
    """Set the new password and end every session. ResetTokenNotFoundError costs no hash of a password."""
    token_hash = _digest(reset.token)
    with database.transaction() as tx:
        if not tx.one(_User, _FIND, token_hash=token_hash):
            raise ResetTokenNotFoundError
    password_hash = hash_password(reset.new_password)
    with database.transaction() as tx:
        if not (user := tx.one(_User, _USE, token_hash=token_hash, password_hash=password_hash)):
            raise ResetTokenNotFoundError
        tx.run(_FORGET, user_id=user.user_id)
        end_all_sessions(tx, revocations, user.user_id)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
