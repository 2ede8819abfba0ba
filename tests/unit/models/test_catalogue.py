from __future__ import annotations

import json

import pytest
from voicehelper.models.catalogue import CatalogueInvalidError, parse_catalogue
from voicehelper.models.deadline import Patience, TransientError, wait_before, with_retries
from voicehelper.models.pricing import cost_usd


def test_a_catalogue_names_models_and_prices() -> None:
    text = json.dumps({"providers": {"openai": {"base_url": "https://example.com/v1"}}, "chat": "gpt-4"})

    catalogue = parse_catalogue(text)

    assert catalogue.models["gpt-4"].cost_per_1k_usd == 0.03
    assert catalogue.provider_of("gpt-4").base_url == "https://example.com/v1"
    assert catalogue.embedding is None


@pytest.mark.parametrize(
    "wrong",
    [
        "{",
        '{"providers": {}, "chat": "gpt-4"}',
        '{"providers": {}, "chat": "unheard-of"}',
        '{"providers": {"a": {"base_url": "ftp://x"}}}',
        '{"providers": {}, "colour": "blue"}',
    ],
)
def test_a_wrong_catalogue_says_what_is_wrong(wrong: str) -> None:
    with pytest.raises(CatalogueInvalidError, match="model catalogue"):
        parse_catalogue(wrong)


def test_price_is_per_thousand_tokens() -> None:
    assert cost_usd(1850, 0.002) == pytest.approx(0.0037)


@pytest.mark.parametrize(
    ("attempt", "asked", "expected"), [(1, None, 1.0), (2, None, 2.0), (5, None, 10.0), (1, 99.0, 10.0), (1, 0.0, 0.0)]
)
def test_waits_grow_to_ten_seconds_and_follow_the_server(attempt: int, asked: float | None, expected: float) -> None:
    assert wait_before(attempt, asked, jitter=1.0) == expected


def test_a_wait_that_would_pass_the_deadline_is_not_begun() -> None:
    slept: list[float] = []
    patience = Patience(deadline=0.5, clock=lambda: 0.0, sleep=slept.append, jitter=lambda: 1.0)

    def fail() -> None:
        raise TransientError("busy")

    with pytest.raises(TransientError):
        with_retries(fail, patience)
    assert slept == []
