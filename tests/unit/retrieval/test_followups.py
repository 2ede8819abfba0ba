"""Follow-up questions as questions that stand alone."""

from __future__ import annotations

import pytest
from voicehelper.retrieval.followups import standalone


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("How much does an inspection cost?", "What about a service?", "How much does a service cost?"),
        ("How long is the warranty of the Yunti T1?", "And the T2?", "How long is the warranty of the T2?"),
        ("How long is the warranty of the Yunti T1?", "What about its weight?", "weight of the Yunti T1"),
        ("云鹤 K3 的额定功率是多少？", "它的保修期多长？", "云鹤 K3的保修期多长？"),
        ("云鹤 K3 的额定功率是多少？", "重量呢？", "云鹤 K3的重量"),
        ("北京办公室的电话是多少？", "上海办公室呢？", "上海办公室的电话是多少？"),
        ("What is the price of Plan M?", "Where is the office?", "Where is the office?"),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(before: str, question: str, resolved: str) -> None:
    assert standalone(question, [("user", before), ("assistant", "…")]) == resolved


def test_an_earlier_follow_up_is_resolved_first() -> None:
    history = [("user", "云鹤 K3 的额定功率是多少？"), ("user", "它的保修期多长？")]

    assert standalone("重量呢？", history) == "云鹤 K3的重量"


@pytest.mark.parametrize("subject", [r"C:\data\new", r"\g<9>", r"a\1"])
def test_a_subject_is_taken_as_it_is_written(subject: str) -> None:
    assert standalone("它的大小呢？", [("user", f"{subject} 的路径是什么？")]).startswith(subject)
