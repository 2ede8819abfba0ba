from __future__ import annotations

import pytest
from voicehelper.models.pricing import cost_usd


def test_prices_are_per_thousand_tokens() -> None:
    assert cost_usd(1850, 0.002) == pytest.approx(0.0037)
