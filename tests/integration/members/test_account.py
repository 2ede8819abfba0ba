"""An account goes with all that is its own, unless a workspace of others would lose its last owner."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from voicehelper.adapters.queues import Queue
from voicehelper.identity.models import User
from voicehelper.members import account, export
from voicehelper.members.account import AccountDeletion
from voicehelper.members.export import Record
from voicehelper.shapes.pages import PageRequest

from tests.integration.identity.conftest import OFFICE, RIGHT, WRONG, outcome
from tests.integration.members.conftest import Company
from tests.support.bases import add_member, create_document


class Sent:
    """A queue that remembers what it was sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], int]] = []

    def send(self, message: dict[str, Any], *, delay_s: int = 0) -> None:
        self.messages.append((message, delay_s))


@pytest.fixture
def user(company: Company) -> User:
    """Somebody with a workspace of their own."""
    return company.identity.register("una@example.com")


def delete(company: Company, user_id: UUID, password: str = RIGHT, sent: Sent | None = None) -> str:
    return outcome(
        lambda: account.delete_account(
            company.identity.database,
            AccountDeletion(password=password),
            user_id=user_id,
            ends=company.ends,
            uploads=cast("Queue", sent or Sent()),
            origin=OFFICE,
            limits=company.identity.limits,
        )
    )


def count(company: Company, table: str, column: str, value: UUID) -> int:
    return int(company.workspace.rows(f"SELECT count(*) FROM {table} WHERE {column} = %s", value)[0][0])


def home_of(company: Company, user: User) -> UUID:
    [(tenant_id,)] = company.workspace.rows("SELECT tenant_id FROM app_user WHERE id = %s", user.id)
    return UUID(str(tenant_id))


def add_conversation(company: Company, user_id: UUID, tenant_id: UUID, *documents: UUID) -> None:
    run, conversation = company.workspace.admin.execute, uuid4()
    run(
        "INSERT INTO conversation (id, tenant_id, owner_id, title) VALUES (%s, %s, %s, 'Lieferung')",
        (conversation, tenant_id, user_id),
    )
    for document in documents or (None,):
        run(
            "INSERT INTO message (id, tenant_id, conversation_id, role, content, sources)"
            " SELECT %s, %s, %s, 'assistant', 'Am Freitag.', CASE WHEN %s::text IS NULL THEN '[]'::jsonb"
            " ELSE jsonb_build_array(jsonb_build_object('document_id', %s::text)) END",
            (uuid4(), tenant_id, conversation, document, document),
        )


def test_everything_of_the_user_goes_and_their_address_is_free(company: Company, user: User) -> None:
    signed_in = company.identity.sign_in(user.email)
    add_conversation(company, user.id, home_of(company, user))

    assert delete(company, user.id) == "ok"

    for table, column in (("app_user", "id"), ("membership", "user_id"), ("conversation", "owner_id")):
        assert count(company, table, column, user.id) == 0
    assert company.identity.published.families == [company.identity.session(signed_in).family_id]
    assert outcome(lambda: company.identity.sign_in(user.email)) == "INVALID_CREDENTIALS"
    assert outcome(lambda: company.identity.register(user.email)) == "ok"


def test_a_wrong_password_deletes_nothing_and_counts(company: Company, user: User) -> None:
    assert [delete(company, user.id, WRONG) for _ in range(6)] == ["INVALID_CREDENTIALS"] * 5 + ["TOO_MANY_REQUESTS"]
    assert delete(company, user.id) == "TOO_MANY_REQUESTS"
    assert count(company, "app_user", "id", user.id) == 1


def test_a_workspace_of_their_own_is_purged_and_no_other(company: Company, user: User) -> None:
    home, kb_id, sent = home_of(company, user), uuid4(), Sent()
    company.workspace.admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model)"
        " VALUES (%s, %s, 'b', 'b', 'm')",
        (kb_id, home),
    )
    company.accept(company.invite(user.email, "editor").token, user.id)
    base = company.workspace.other_base(made_by=user.id)
    create_document(company.workspace.admin, base)

    assert delete(company, user.id, sent=sent) == "ok"

    assert [(message["kb_id"], delay_s > 0) for message, delay_s in sent.messages] == [
        (str(kb_id), False),
        (str(kb_id), True),
    ]
    states = dict(company.workspace.rows("SELECT id, status FROM knowledge_base"))
    assert (states[kb_id], states[base.kb_id]) == ("deleting", "active")
    assert count(company, "document", "kb_id", base.kb_id) == 1
    assert company.workspace.rows("SELECT name FROM tenant WHERE id = %s", home) == [("",)]


def test_the_last_owner_of_others_stays_until_there_is_another(company: Company, user: User) -> None:
    home = home_of(company, user)
    add_member(company.workspace.admin, home, "admin")

    stuck = delete(company, user.id)
    add_member(company.workspace.admin, home, "owner")

    assert (stuck, count(company, "app_user", "id", user.id)) == ("LAST_OWNER", 0 + 1)
    assert delete(company, user.id) == "ok"


def test_former_members_survive_the_workspace_that_they_signed_in_to(company: Company, user: User) -> None:
    home = home_of(company, user)
    former = add_member(company.workspace.admin, home, email="vic@example.com")
    company.workspace.admin.execute("DELETE FROM membership WHERE user_id = %s", (former,))

    company.workspace.admin.execute("DELETE FROM tenant WHERE id = %s", (home,))

    assert company.workspace.rows("SELECT tenant_id FROM app_user WHERE id = %s", former) == [(None,)]


def test_who_has_no_workspace_left_gets_one_at_the_next_sign_in(company: Company, user: User) -> None:
    company.workspace.admin.execute("DELETE FROM tenant WHERE id = %s", (home_of(company, user),))

    claims = company.claims(user.email)

    assert claims.roles == ("owner",)
    assert count(company, "membership", "tenant_id", claims.tenant_id) == 1


def test_invitations_of_a_deleted_user_end(company: Company) -> None:
    email = "wim@example.com"
    owner = company.register(email, company.invite(email, "owner").token)
    token = company.invite("xia@example.com", "owner", caller=owner.id).token

    delete(company, owner.id)

    assert outcome(lambda: company.register("xia@example.com", token)) == "INVITATION_NOT_FOUND"


def exported(company: Company, user_id: UUID, page_size: int = 50) -> list[Record]:
    records: list[Record] = []
    while True:
        page = PageRequest(page=len(records) // page_size + 1, page_size=page_size)
        read = export.export_user(company.workspace.as_(user_id), page, user_id=user_id, language="en")
        records += read.items
        if not read.has_next:
            assert read.total == len(records)
            return records


def test_an_export_has_what_is_the_user_s_own(company: Company) -> None:
    user, other = company.workspace.member("editor"), company.workspace.member()
    for owner in (user, other):
        add_conversation(company, owner, company.workspace.tenant_id)

    records = exported(company, user)

    assert [record.kind for record in records] == ["profile", "membership", "conversation", "message"]
    assert records[0].content.keys() == {"id", "email", "username"}
    assert records[1].content["role"] == "editor"
    assert exported(company, user, page_size=1) == records


def test_an_export_shows_no_answer_from_a_base_that_has_been_closed(company: Company) -> None:
    user, workspace = company.workspace.member(), company.workspace
    seen, closed = workspace.base, workspace.other_base()
    documents = [create_document(workspace.admin, base) for base in (seen, closed)]
    add_conversation(company, user, workspace.tenant_id, *documents)
    before = [record.content["content"] for record in exported(company, user) if record.kind == "message"]

    workspace.admin.execute("UPDATE knowledge_base SET visibility = 'restricted' WHERE id = %s", (closed.kb_id,))

    after = [record.content["content"] for record in exported(company, user) if record.kind == "message"]
    assert before == ["Am Freitag."] * 2
    assert sorted("Friday" in text or "Freitag" in text for text in after) == [False, True]
