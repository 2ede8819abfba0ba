"""Documents of the kinds people bring, uploaded and asked through the gateway: one of each kind."""

from __future__ import annotations

import pytest

from tests.support.brought import CASES, Case, problem
from tests.support.client import Client

NAMES = (
    "tiny-en-1", "tiny-zh-2", "faq-zh", "label", "codes-zh", "dates", "phone", "table-list", "extreme-zh", "follow-zh",
    "long", "overview", "scripts",
)  # fmt: skip


@pytest.mark.parametrize("case", [case for case in CASES if case.name in NAMES], ids=lambda case: case.name)
def test_the_answer_holds_what_the_documents_say_and_no_more(client: Client, case: Case) -> None:
    kb_id = client.create_base(case.name.replace("-", "_"))
    documents = [client.upload(kb_id, name, text.encode()) for name, text in case.files.items()]
    assert all(status["status"] == "indexed" for status in client.wait(documents).values())
    path = ""
    if case.is_conversation:
        started = client.json("POST", "/api/v1/conversations", json={"title": "t", "kb_id": kb_id})
        path = f"/api/v1/conversations/{started['id']}/messages"
    for question, _, _ in case.questions:
        reply = client.json("POST", path, json={"content": question}) if path else client.ask(kb_id, question)
        text = str(reply["content"] if path else reply["answer"])
        assert not problem(case, question, text, refused=reply["status"] != "answered")
