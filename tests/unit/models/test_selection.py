from __future__ import annotations

import pytest
from voicehelper.errors import InvalidInputError
from voicehelper.models.catalogue import DEFAULT_MODELS, ChatModel, Priority
from voicehelper.models.errors import ContextTooLongError
from voicehelper.models.selection import balanced_score, complexity, select_model

SIMPLE, USUAL, COMPLEX = "什么是年假？", "年假可以分几次休？", "分析年假制度对员工流失的影响"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("分析并对比两种报销流程", "high"),
        ("請評估這個方案的風險", "high"),
        ("這個問題很複雜", "high"),
        ("Compare the two plans", "high"),
        ("Please explain how leave accrues", "high"),
        ("Give me an in-depth view of the ＡＮＡＬＹＳＩＳ", "high"),
        ("What are the trade-offs of remote work?", "high"),
        ("请compare一下两种套餐", "high"),
        ("VPN vs 专线", "high"),
        ("VPN是什么？", "low"),
        ("什麼是年假", "low"),
        ("請簡單說明請假流程", "low"),
        ("What is a cost centre?", "low"),
        ("What’s the travel allowance?", "low"),
        ("List holidays", "low"),
        ("Could you list the public holidays?", "low"),
        ("Define overtime", "low"),
        ("年假可以分几次休？", "medium"),
        ("Who signs the price list?", "medium"),
        ("Where does the specialist listen?", "medium"),
        ("", "medium"),
    ],
)
def test_complexity_follows_keywords_in_both_languages(query: str, expected: str) -> None:
    assert complexity(query) == expected


def test_words_of_complex_questions_count_first() -> None:
    assert complexity("简单解释一下什么是年假") == "high"


def test_a_long_text_is_judged_by_its_beginning() -> None:
    assert complexity("甲" * 3_000 + "分析") == "medium"


@pytest.mark.parametrize(
    ("query", "context_length", "priority", "expected"),
    [
        (COMPLEX, 1_000, "cost", "qwen-turbo"),
        (COMPLEX, 1_000, "latency", "qwen-turbo"),
        (SIMPLE, 10_000, "cost", "gpt-3.5-turbo"),
        (SIMPLE, 10_000, "latency", "gpt-3.5-turbo"),
        (COMPLEX, 1_000, "quality", "gpt-4"),
        (USUAL, 1_000, "quality", "gpt-3.5-turbo"),
        (SIMPLE, 1_000, "quality", "qwen-turbo"),
        (SIMPLE, 8_192, "quality", "qwen-turbo"),
        (SIMPLE, 8_193, "quality", "gpt-3.5-turbo"),
        (USUAL, 16_385, "quality", "gpt-4"),
        (SIMPLE, 128_000, "quality", "gpt-4"),
        (SIMPLE, 1_000, "balanced", "qwen-turbo"),
        (USUAL, 1_000, "balanced", "qwen-turbo"),
        (USUAL, 12_000, "balanced", "gpt-3.5-turbo"),
        (COMPLEX, 1_000, "balanced", "gpt-4"),
        (COMPLEX, 100_000, "balanced", "gpt-4"),
    ],
)
def test_a_model_is_selected_among_those_that_read_enough(
    query: str, context_length: int, priority: Priority, expected: str
) -> None:
    assert select_model(query, context_length, priority) == expected


def test_balanced_is_the_usual_priority() -> None:
    assert select_model(USUAL, 1_000) == select_model(USUAL, 1_000, "balanced")


@pytest.mark.parametrize("priority", ["cost", "quality", "latency", "balanced"])
def test_what_no_model_reads_is_refused(priority: Priority) -> None:
    with pytest.raises(ContextTooLongError) as error:
        select_model(USUAL, 128_001, priority)

    assert error.value.details == {"context_length": 128_001, "max_context": 128_000}


def test_an_empty_table_reads_nothing() -> None:
    with pytest.raises(ContextTooLongError):
        select_model(USUAL, 1, models={})


def test_other_priorities_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        select_model(USUAL, 1, "beauty")  # type: ignore[arg-type]


def test_the_balance_weighs_quality_cost_and_latency() -> None:
    scores = {name: balanced_score(model) for name, model in DEFAULT_MODELS.items()}

    assert scores == pytest.approx({"gpt-4": -0.015, "gpt-3.5-turbo": 0.234, "qwen-turbo": 0.252})


def model(quality: float, cost: float, latency_ms: int = 1_000, context: int = 8_000) -> ChatModel:
    return ChatModel(provider="p", cost_per_1k_usd=cost, quality=quality, latency_ms=latency_ms, context=context)


def test_the_table_is_data() -> None:
    table = {"large": model(0.9, 0.05, context=200_000), "small": model(0.5, 0.0001, latency_ms=200)}

    assert select_model(SIMPLE, 10, "quality", models=table) == "small"
    assert select_model(USUAL, 10, "quality", models=table) == "large"
    assert select_model(SIMPLE, 9_000, "latency", models=table) == "large"


def test_a_complex_question_is_left_the_best_model_that_reads_it_not_the_best_of_all() -> None:
    table = {"short": model(0.95, 0.01, context=4_000), "long": model(0.7, 0.01), "cheap": model(0.5, 0.0)}

    assert select_model(COMPLEX, 5_000, "quality", models=table) == "long"
    assert select_model(COMPLEX, 5_000, "balanced", models=table) == "long"


def test_of_models_as_good_as_the_best_the_balance_decides() -> None:
    table = {"best": model(0.95, 0.03), "cheaper": model(0.94, 0.003), "cheapest": model(0.8, 0.0001)}

    assert select_model(COMPLEX, 10, "balanced", models=table) == "cheaper"


def test_ties_go_to_the_cheaper_and_then_to_the_earlier_model() -> None:
    table = {"b": model(0.8, 0.02), "a": model(0.8, 0.01), "c": model(0.8, 0.01)}

    assert {select_model(USUAL, 10, priority, models=table) for priority in ("cost", "latency", "balanced")} == {"a"}
