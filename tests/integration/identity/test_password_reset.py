"""A forgotten password is set once by the token of a mail, and nobody learns which addresses are known."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from voicehelper.adapters.database import Database
from voicehelper.identity import password_reset, service
from voicehelper.identity.attempts import Origin
from voicehelper.identity.password_reset import PasswordReset, ResetRequested

from tests.integration.identity.conftest import NEW, OFFICE, RIGHT, Identity, outcome


class Outbox:
    """What would be handed to the function that sends."""

    def __init__(self) -> None:
        self.mails: list[Mapping[str, Any]] = []

    def tokens(self) -> list[str]:
        return [mail["text"].partition("?password_reset=")[2].split()[0] for mail in self.mails]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def ask(identity: Identity, outbox: Outbox, email: str, origin: Origin = OFFICE) -> ResetRequested:
    return password_reset.request_reset(
        identity.database,
        email,
        origin=origin,
        limits=identity.limits,
        send=outbox.mails.append,
        base_url="https://help.example.com",
        language="en",
    )


def reset(identity: Identity, token: str, password: str = NEW, database: Database | None = None) -> str:
    wanted = PasswordReset(token=token, new_password=password)
    return outcome(lambda: password_reset.reset_password(database or identity.database, identity.revocations, wanted))


def let_pass(identity: Identity, span: timedelta) -> None:
    identity.admin.execute("UPDATE password_reset SET expires_at = expires_at - %s", (span,))


def test_the_token_sets_a_new_password_and_ends_every_session(identity: Identity, outbox: Outbox) -> None:
    email = identity.register().email
    signed_in = [identity.sign_in(email) for _ in range(2)]
    ask(identity, outbox, email.upper())

    done = reset(identity, outbox.tokens()[0])

    assert (done, outbox.mails[0]["to"]) == ("ok", email)
    assert [outcome(lambda: identity.sign_in(email, RIGHT)), outcome(lambda: identity.sign_in(email, NEW))] == [
        "INVALID_CREDENTIALS",
        "ok",
    ]
    assert set(identity.published.families) == {identity.session(one).family_id for one in signed_in}
    for one in signed_in:
        token = one.refresh_token
        refresh = outcome(lambda: service.refresh(identity.database, identity.keys, identity.revocations, token))  # noqa: B023
        assert refresh == "INVALID_TOKEN"


def test_it_works_once_and_takes_the_other_tokens_along(identity: Identity, outbox: Outbox) -> None:
    email = identity.register().email
    for _ in range(2):
        ask(identity, outbox, email)
    first, second = outbox.tokens()

    assert [reset(identity, second), reset(identity, second, RIGHT), reset(identity, first, RIGHT)] == [
        "ok",
        *["RESET_TOKEN_NOT_FOUND"] * 2,
    ]


def test_of_two_who_use_it_at_once_one_sets_the_password(identity: Identity, outbox: Outbox, database_url: str) -> None:
    ask(identity, outbox, identity.register().email)
    [token], outcomes = outbox.tokens(), list[str]()

    def use(password: str) -> None:
        own = Database(lambda: database_url)
        outcomes.append(reset(identity, token, password, own))
        own.close()

    threads = [threading.Thread(target=use, args=(password,)) for password in (NEW, RIGHT, "Slow-Bridge-9-Foxes")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["RESET_TOKEN_NOT_FOUND", "RESET_TOKEN_NOT_FOUND", "ok"]


@pytest.mark.parametrize(("minutes", "result"), [(29, "ok"), (30, "RESET_TOKEN_NOT_FOUND")])
def test_it_ends_after_half_an_hour(identity: Identity, outbox: Outbox, minutes: int, result: str) -> None:
    ask(identity, outbox, identity.register().email)
    let_pass(identity, timedelta(minutes=minutes))

    assert reset(identity, outbox.tokens()[0]) == result


@pytest.mark.parametrize("token", ["x", "令牌", "A" * 43, "' OR 1=1 --"])
def test_what_is_no_token_is_not_found(identity: Identity, token: str) -> None:
    assert reset(identity, token) == "RESET_TOKEN_NOT_FOUND"


def test_the_database_keeps_a_hash_alone(identity: Identity, outbox: Outbox) -> None:
    ask(identity, outbox, identity.register().email)

    [(kept,)] = identity.admin.execute("SELECT token_hash FROM password_reset").fetchall()
    assert len(kept) == 32
    assert outbox.tokens()[0].encode() not in kept


@pytest.mark.parametrize("unknown", ["nobody@example.org", "no address", "", "王@例子.中国", "x" * 254])
def test_unknown_addresses_are_answered_and_handed_over_alike_and_get_no_mail(
    identity: Identity, outbox: Outbox, unknown: str
) -> None:
    known = ask(identity, outbox, identity.register().email)

    assert ask(identity, outbox, unknown) == known
    assert [set(mail) for mail in outbox.mails] == [{"to", "subject", "text"}] * 2
    assert outbox.mails[1]["to"] is None
    assert reset(identity, outbox.tokens()[1]) == "RESET_TOKEN_NOT_FOUND"


def test_a_user_who_may_not_sign_in_gets_no_mail(identity: Identity, outbox: Outbox) -> None:
    email = identity.register().email
    identity.admin.execute("UPDATE app_user SET status = 'disabled'")

    ask(identity, outbox, email)

    assert outbox.mails[0]["to"] is None


@pytest.mark.parametrize("is_known", [True, False])
def test_an_address_is_asked_for_five_times_an_hour_known_or_not(
    identity: Identity, outbox: Outbox, is_known: bool
) -> None:
    email = identity.register().email if is_known else "nobody@example.org"

    asked = [
        outcome(lambda network=network: ask(identity, outbox, email, Origin(network, None)))  # type: ignore[misc]
        for network in map(str, range(7))
    ]
    identity.let_pass(3601)

    assert asked == ["ok"] * 5 + ["TOO_MANY_REQUESTS"] * 2
    assert outcome(lambda: ask(identity, outbox, email)) == "ok"
    assert len(outbox.mails) == 6


def test_a_network_asks_fifty_times_an_hour(identity: Identity, outbox: Outbox) -> None:
    asked = [outcome(lambda n=n: ask(identity, outbox, f"u{n}@example.com")) for n in range(52)]  # type: ignore[misc]

    assert asked == ["ok"] * 50 + ["TOO_MANY_REQUESTS"] * 2
    assert outcome(lambda: ask(identity, outbox, "u1@example.com", Origin("198.51.100.9", None))) == "ok"
