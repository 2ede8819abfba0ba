"""A conversation after one of the bases that it stands on was closed to its owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.conversations import service, store
from voicehelper.conversations.models import Message, NewConversation
from voicehelper.conversations.store import CitedPage, NewMessageRow
from voicehelper.errors import NotFoundError
from voicehelper.retrieval.question import Question
from voicehelper.shapes.viewer import Viewer

from tests.support.bases import Base, add_member, create_base, create_document

SECRET = "The salary of the director is 91,000 yuan [1]."


@dataclass
class Desk:
    tenant: TenantDatabase
    user_id: UUID
    base: Base
    document_id: UUID
    admin: psycopg.Connection[Any]

    def talk(self, kb_id: UUID | None = None) -> UUID:
        """A conversation of one question and its answer."""
        page = CitedPage(str(self.document_id), 3, "Salaries", filename="salaries.pdf", quote="91,000 yuan")
        with self.tenant.transaction() as tx:
            new = NewConversation(title="t", kb_id=kb_id)
            conversation = store.insert_conversation(tx, new, owner_id=self.user_id)
            for row in (NewMessageRow("user", "What is it?"), NewMessageRow("assistant", SECRET, [page], "answered")):
                store.add_message(tx, conversation.id, row, owner_id=self.user_id)
        return UUID(str(conversation.id))

    def read(self, conversation_id: UUID) -> list[Message]:
        page = service.list_messages(
            self.tenant, conversation_id, owner_id=self.user_id, limit=9, before_id=None, make_url=lambda *_: "/x"
        )
        return page.items

    def close(self) -> None:
        self.admin.execute("UPDATE knowledge_base SET visibility = 'restricted' WHERE id = %s", (self.base.kb_id,))


@pytest.fixture
def desk(admin: psycopg.Connection[Any], database: Database) -> Desk:
    base = create_base(admin)
    user_id = add_member(admin, base.tenant_id, "reader")
    tenant = TenantDatabase(database, base.tenant_id, Viewer(user_id))
    return Desk(tenant, user_id, base, create_document(admin, base, "salaries.pdf"), admin)


def test_an_answer_from_a_closed_base_is_no_longer_shown(desk: Desk) -> None:
    conversation = desk.talk()
    before = desk.read(conversation)

    desk.close()
    answer, question = desk.read(conversation)

    assert (before[0].content, before[0].sources[0].quote) == (SECRET, "91,000 yuan")
    assert (answer.sources, question.content) == ([], "What is it?")
    assert "no longer open to you" in answer.content


def test_what_was_found_in_a_closed_base_is_not_in_the_history_of_the_next_question(desk: Desk) -> None:
    conversation = desk.talk()
    desk.close()
    asked: list[Question] = []

    def answer(question: Question) -> Any:
        asked.append(question)
        raise NotFoundError

    turn = service.Turn(conversation, desk.user_id, "And the year before?", "en")
    with pytest.raises(NotFoundError):
        service.send_message(desk.tenant, turn, answer=answer, make_url=lambda *_: "/x")

    assert len(asked[0].history) == 2
    assert "91,000" not in str(asked[0].history)


def test_a_conversation_over_a_closed_base_is_gone_and_back_when_it_opens_again(desk: Desk) -> None:
    conversation = desk.talk(desk.base.kb_id)
    desk.close()

    with pytest.raises(NotFoundError):
        desk.read(conversation)
    with desk.tenant.transaction() as tx:
        assert store.list_conversations(tx, owner_id=desk.user_id, limit=9, offset=0) == []
        assert store.count_conversations(tx, owner_id=desk.user_id) == 0

    desk.admin.execute("UPDATE knowledge_base SET visibility = 'workspace' WHERE id = %s", (desk.base.kb_id,))
    assert desk.read(conversation)[0].content == SECRET


def test_other_answers_stay(desk: Desk) -> None:
    conversation = desk.talk()
    desk.admin.execute(
        "INSERT INTO knowledge_base (id, tenant_id, name, display_name, embedding_model, visibility)"
        " VALUES (%s, %s, 'other', 'other', 'm', 'restricted')",
        (uuid4(), desk.base.tenant_id),
    )

    assert desk.read(conversation)[0].content == SECRET
