from __future__ import annotations

import pytest
from voicehelper.retrieval.classifier import classify


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("X2 和 X2 Pro 有什么区别？", "comparison"),
        ("Compare the two plans", "comparison"),
        ("如何重置密码？", "procedural"),
        ("How do I reset the password?", "procedural"),
        ("为什么指示灯闪烁？", "reason"),
        ("什么是向量检索？", "definition"),
        ("What is BM25?", "definition"),
        ("总结这份文档", "summary"),
        ("保修期是几年？", "factual"),
        ("When was the company founded?", "factual"),
    ],
)
def test_questions_are_classified_by_their_type(question: str, kind: str) -> None:
    assert classify(question).type == kind


@pytest.mark.parametrize(
    ("question", "complexity"),
    [
        ("什么是Python？", "simple"),
        ("分析并对比React和Vue的架构设计优劣", "complex"),
        ("简单分析一下", "complex"),
        ("Explain the architecture in depth", "complex"),
        ("如何重置密码？", "medium"),
    ],
)
def test_words_for_analysis_outweigh_words_for_simple_questions(question: str, complexity: str) -> None:
    assert classify(question).complexity == complexity
