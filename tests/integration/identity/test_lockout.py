"""Failed sign-ins lock an account and an address for a while, and tell nobody which accounts exist."""

from __future__ import annotations

import dataclasses
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.conninfo import make_conninfo
from voicehelper.adapters.database import Database
from voicehelper.identity.attempts import Attempt, Origin
from voicehelper.identity.limits import DEPLOYED, Limit, Limits

from tests.integration.identity.conftest import NEW, OFFICE, RIGHT, WRONG, Identity, outcome, wait_s

ELSEWHERE = Origin("198.51.100.7", None)
REFUSED, LOCKED = "INVALID_CREDENTIALS", "TOO_MANY_REQUESTS"


def outcomes(identity: Identity, email: str, times: int, password: str = WRONG, origin: Origin = OFFICE) -> list[str]:
    return [outcome(lambda: identity.sign_in(email, password, origin)) for _ in range(times)]


def test_an_account_is_locked_after_five_failures_for_the_right_password_too(identity: Identity) -> None:
    user = identity.register()

    assert outcomes(identity, user.email, 7) == [REFUSED] * 5 + [LOCKED] * 2
    assert outcomes(identity, user.email, 1, RIGHT, ELSEWHERE) == [LOCKED]
    assert 800 < wait_s(lambda: identity.sign_in(user.email)) <= 900


def test_an_unknown_address_is_counted_and_answered_like_a_known_one(identity: Identity) -> None:
    assert outcomes(identity, "nobody@example.org", 7) == [REFUSED] * 5 + [LOCKED] * 2


@pytest.mark.parametrize(
    "spelling", ["{}", "  {} ", "{upper}", "{full_width}"], ids=["same", "spaces", "upper", "full width"]
)
def test_another_spelling_of_an_address_is_the_same_account(identity: Identity, spelling: str) -> None:
    email = identity.register("kira.link@example.org").email
    full_width = email.replace("k", "\uff4b")
    outcomes(identity, email, 5)

    typed = spelling.format(email, upper=email.upper(), full_width=full_width)

    assert outcomes(identity, typed, 1, RIGHT, ELSEWHERE) == [LOCKED]


def test_a_lock_ends_after_fifteen_minutes_and_refused_attempts_do_not_extend_it(identity: Identity) -> None:
    user = identity.register()
    outcomes(identity, user.email, 5)

    identity.let_pass(890)
    during = outcomes(identity, user.email, 3)
    identity.let_pass(11)

    assert during == [LOCKED] * 3
    assert outcomes(identity, user.email, 1, RIGHT) == ["ok"]


def test_no_fifteen_minutes_hold_more_than_five_failures(identity: Identity) -> None:
    user = identity.register()
    outcomes(identity, user.email, 1)

    identity.let_pass(800)
    before = outcomes(identity, user.email, 5)
    identity.let_pass(110)  # the first failure is forgotten, the other four are not

    assert before == [REFUSED] * 4 + [LOCKED]
    assert outcomes(identity, user.email, 2) == [REFUSED, LOCKED]


def test_a_success_forgets_the_failures_of_its_account_only(identity: Identity) -> None:
    user, other = identity.register(), identity.register()
    outcomes(identity, user.email, 4)
    outcomes(identity, other.email, 4)

    assert outcomes(identity, user.email, 1, RIGHT) == ["ok"]
    assert outcomes(identity, user.email, 5) == [REFUSED] * 5
    assert outcomes(identity, other.email, 2) == [REFUSED, LOCKED]


def concurrent_outcomes(identity: Identity, email: str, passwords: list[str]) -> Counter[str]:
    """Each in a process environment of its own, as Lambda runs them."""

    def attempt(password: str) -> str:
        connection = identity.admin.info
        database = Database(lambda: make_conninfo(connection.dsn, password=connection.password))
        own = dataclasses.replace(identity, database=database)
        try:
            return outcome(lambda: own.sign_in(email, password))
        finally:
            database.close()

    with ThreadPoolExecutor(len(passwords)) as pool:
        return Counter(pool.map(attempt, passwords))


def test_wrong_passwords_at_once_are_answered_no_more_often_than_one_after_the_other(identity: Identity) -> None:
    user = identity.register()

    assert concurrent_outcomes(identity, user.email, [WRONG] * 12) == {REFUSED: 5, LOCKED: 7}
    assert outcomes(identity, user.email, 1, RIGHT) == [LOCKED]


def test_right_passwords_at_once_all_sign_in(identity: Identity) -> None:
    user = identity.register()

    assert concurrent_outcomes(identity, user.email, [RIGHT] * 9) == {"ok": 9}


def test_a_right_password_that_others_overtake_is_refused(identity: Identity) -> None:
    """Between the comparison and the session the account has been locked by concurrent failures."""
    user = identity.register()
    attempt = Attempt(DEPLOYED, user.email, OFFICE.network)
    with identity.database.transaction() as tx:
        attempt.require_allowed(tx)
    outcomes(identity, user.email, 5)

    def succeed() -> None:
        with identity.database.transaction() as tx:
            attempt.count_success(tx)

    assert outcome(succeed) == LOCKED
    assert outcomes(identity, user.email, 1, RIGHT) == [LOCKED]


def test_an_address_is_locked_by_failures_of_many_accounts_but_not_by_one_user(identity: Identity) -> None:
    identity.limits = Limits(Limit("account", 5, 900), Limit("address", 8, 900), DEPLOYED.registrations)
    user, other = identity.register(), identity.register()
    outcomes(identity, user.email, 20)

    assert outcomes(identity, other.email, 1, RIGHT) == ["ok"]
    assert [outcomes(identity, f"guess{n}@example.org", 1)[0] for n in range(4)] == [REFUSED] * 3 + [LOCKED]
    assert outcomes(identity, other.email, 1, RIGHT) == [LOCKED]
    assert outcomes(identity, other.email, 1, RIGHT, ELSEWHERE) == ["ok"]


def test_registrations_of_one_address_are_limited_whether_or_not_they_succeed(identity: Identity) -> None:
    identity.limits = Limits(DEPLOYED.account, DEPLOYED.address, Limit("registration", 3, 3600))
    email = identity.register().email

    assert [outcome(lambda: identity.register(email)) for _ in range(3)] == ["EMAIL_TAKEN", "EMAIL_TAKEN", LOCKED]
    assert wait_s(identity.register) > 3500
    assert outcome(lambda: identity.register(origin=ELSEWHERE)) == "ok"

    identity.let_pass(3601)

    assert outcome(identity.register) == "ok"


def test_a_wrong_current_password_counts_as_a_failed_sign_in(identity: Identity) -> None:
    user = identity.register()
    session = identity.session(identity.sign_in(user.email))

    changes = [outcome(lambda: identity.change_password(session, WRONG)) for _ in range(6)]

    assert changes == [REFUSED] * 5 + [LOCKED]
    assert outcome(lambda: identity.change_password(session, RIGHT, NEW)) == LOCKED
    assert outcomes(identity, user.email, 1, RIGHT) == [LOCKED]


def test_what_has_expired_is_removed_by_a_later_sign_in(identity: Identity) -> None:
    user = identity.register()
    for number in range(6):
        outcomes(identity, f"typo{number}@example.org", 1)
    identity.let_pass(3601)

    identity.sign_in(user.email)

    assert identity.admin.execute("SELECT count(*) FROM attempt_window").fetchone() == (0,)


def test_no_address_is_stored_as_it_was_typed(identity: Identity) -> None:
    outcomes(identity, "mistyped-password-as-address", 1)

    rows = identity.admin.execute("SELECT attempt_window::text FROM attempt_window").fetchall()

    assert rows
    assert "mistyped" not in str(rows)
    assert b"mistyped".hex() not in str(rows)
