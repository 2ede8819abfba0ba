from __future__ import annotations

import pytest
from voicehelper.models.pricing import Prices, cost_usd

PRICES = Prices(input_usd=0.01, output_usd=0.03, cached_usd=0.001)


def test_prices_are_per_thousand_tokens() -> None:
    assert cost_usd(1800, 50, Prices.uniform(0.002)) == pytest.approx(0.0037)


@pytest.mark.parametrize(
    ("prompt", "completion", "cached", "expected"),
    [
        (1000, 0, 0, 0.01),
        (0, 1000, 0, 0.03),
        (1000, 0, 1000, 0.001),
        (1000, 100, 400, 0.006 + 0.0004 + 0.003),
        (100, 0, 5000, 0.0001),
        (-5, -5, -5, 0.0),
    ],
)
def test_input_output_and_cached_input_have_prices_of_their_own(
    prompt: int, completion: int, cached: int, expected: float
) -> None:
    assert cost_usd(prompt, completion, PRICES, cached_tokens=cached) == pytest.approx(expected)
