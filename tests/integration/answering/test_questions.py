"""Questions to documents of the kinds people bring, in process."""

from __future__ import annotations

import pytest

from tests.support.asking import AskedBase
from tests.support.brought import CASES, Case, problem


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_holds_what_the_documents_say_and_no_more(case: Case) -> None:
    base = AskedBase(case.files)
    history: list[tuple[str, str]] = []
    for question, _, _ in case.questions:
        answer = base.ask(question, history if case.is_conversation else ())
        history += [("user", question), ("assistant", answer.text)]
        assert not problem(case, question, answer.text, refused=answer.refused)
