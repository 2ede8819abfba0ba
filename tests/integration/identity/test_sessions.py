"""Sessions are listed and ended, end with a change of the password, and end for good after thirty days."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity import service, sessions, store
from voicehelper.identity.models import Session, SignedIn
from voicehelper.identity.sessions import SessionRef

from tests.integration.identity.conftest import NEW, OFFICE, RIGHT, WRONG, Identity, outcome

DAY_S = 24 * 3600


@pytest.fixture
def email(identity: Identity) -> str:
    return identity.register().email


def listed(identity: Identity, current: SessionRef) -> list[Session]:
    with identity.database.transaction() as tx:
        return store.list_families(tx, current.user_id, current_id=current.family_id, limit=50, offset=0)


def refresh(identity: Identity, token: str) -> str:
    return service.refresh(identity.database, identity.keys, identity.revocations, token).refresh_token


def alive(identity: Identity, signed_in: SignedIn) -> bool:
    return outcome(lambda: refresh(identity, signed_in.refresh_token)) == "ok"


def test_a_session_says_where_it_was_started_and_which_one_asks(identity: Identity, email: str) -> None:
    other, current = (identity.session(identity.sign_in(email)) for _ in range(2))

    found = listed(identity, current)

    assert [(item.id, item.current) for item in found] == [(current.family_id, True), (other.family_id, False)]
    assert {item.user_agent for item in found} == {OFFICE.user_agent}


def test_a_refresh_is_a_use(identity: Identity, email: str) -> None:
    first, second = identity.sign_in(email), identity.sign_in(email)

    refresh(identity, first.refresh_token)

    assert listed(identity, identity.session(second))[0].id == identity.session(first).family_id


def test_an_ended_session_is_not_refreshed_and_its_access_tokens_are_revoked(identity: Identity, email: str) -> None:
    ended, current = identity.sign_in(email), identity.sign_in(email)
    family = identity.session(ended).family_id
    user_id = identity.session(current).user_id

    sessions.end_session(identity.database, identity.revocations, family, user_id=user_id)

    assert identity.published.families == [family]
    assert not alive(identity, ended)
    assert alive(identity, current)
    assert [item.current for item in listed(identity, identity.session(current))] == [True]


def test_sessions_of_others_and_ended_ones_are_not_found(identity: Identity, email: str) -> None:
    mine, foreign = identity.sign_in(email), identity.sign_in(identity.register().email)
    me, other = identity.session(mine), identity.session(foreign)

    def end(family_id: UUID) -> str:
        return outcome(
            lambda: sessions.end_session(identity.database, identity.revocations, family_id, user_id=me.user_id)
        )

    assert [end(other.family_id), end(uuid4())] == ["SESSION_NOT_FOUND"] * 2
    assert [end(me.family_id), end(me.family_id)] == ["ok", "SESSION_NOT_FOUND"]
    assert alive(identity, foreign)
    assert identity.published.families == [me.family_id]


def test_a_session_that_cannot_be_revoked_everywhere_stays_and_can_be_ended_again(
    identity: Identity, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in = identity.sign_in(email)
    session = identity.session(signed_in)

    def fail(*_: object, **__: object) -> None:
        raise UpstreamUnavailableError

    with monkeypatch.context() as broken:
        broken.setattr(identity.published, "publish", fail)
        with pytest.raises(UpstreamUnavailableError):
            sessions.end_session(identity.database, identity.revocations, session.family_id, user_id=session.user_id)

    assert alive(identity, signed_in)


def test_a_new_password_replaces_the_old_one_and_ends_every_other_session(identity: Identity, email: str) -> None:
    others, current = [identity.sign_in(email) for _ in range(2)], identity.sign_in(email)

    identity.change_password(identity.session(current), RIGHT, NEW)

    assert set(identity.published.families) == {identity.session(other).family_id for other in others}
    assert [alive(identity, session) for session in (*others, current)] == [False, False, True]
    assert outcome(lambda: identity.sign_in(email, RIGHT)) == "INVALID_CREDENTIALS"
    assert outcome(lambda: identity.sign_in(email, NEW)) == "ok"


def test_a_wrong_current_password_changes_nothing(identity: Identity, email: str) -> None:
    other, current = identity.sign_in(email), identity.sign_in(email)

    assert outcome(lambda: identity.change_password(identity.session(current), WRONG)) == "INVALID_CREDENTIALS"
    assert alive(identity, other)
    assert outcome(lambda: identity.sign_in(email)) == "ok"


def test_only_sessions_with_living_access_tokens_are_published(identity: Identity, email: str) -> None:
    old = identity.sign_in(email)
    identity.let_pass(2 * 3600)
    current = identity.sign_in(email)

    identity.change_password(identity.session(current), RIGHT)

    assert identity.published.families == []
    assert not alive(identity, old)


def test_a_sign_in_that_a_change_of_the_password_overtakes_gets_no_session(identity: Identity, email: str) -> None:
    with identity.database.transaction() as tx:
        verified = store.find_account(tx, email)
    assert verified
    identity.change_password(identity.session(identity.sign_in(email)), RIGHT, NEW)

    family = store.NewFamily(uuid4(), verified.id, verified.tenant_id, "owner", b"hash", None)
    with identity.database.transaction() as tx:
        started = store.insert_family(tx, family, password_hash=verified.password_hash, life_s=60, longest_s=60)

    assert not started


def test_refreshing_does_not_carry_a_session_past_thirty_days(identity: Identity, email: str) -> None:
    token = identity.sign_in(email).refresh_token
    for _ in range(4):
        identity.let_pass(6 * DAY_S)
        token = refresh(identity, token)

    identity.let_pass(6 * DAY_S + 60)

    assert outcome(lambda: refresh(identity, token)) == "INVALID_TOKEN"


def test_no_refresh_is_valid_for_longer_than_its_session(identity: Identity, email: str) -> None:
    token = identity.sign_in(email).refresh_token
    identity.let_pass(25 * DAY_S)

    refresh(identity, token)

    beyond = identity.admin.execute("SELECT count(*) FROM refresh_family WHERE expires_at > ends_at").fetchone()
    assert beyond == (0,)


def test_sessions_that_ended_long_ago_leave_no_rows(identity: Identity, email: str) -> None:
    old, ended = (identity.session(identity.sign_in(email)).family_id for _ in range(2))
    other = identity.session(identity.sign_in(identity.register().email)).family_id
    with identity.database.transaction() as tx:
        tx.connection.execute(
            "UPDATE refresh_family SET expires_at = now() - make_interval(days => CASE id WHEN %s THEN 1 ELSE 8 END)",
            [ended],
        )

    identity.sign_in(email)

    with identity.database.transaction() as tx:
        kept = {row[0] for row in tx.connection.execute("SELECT id FROM refresh_family")}
    assert {ended, other} <= kept
    assert old not in kept
