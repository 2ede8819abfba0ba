"""Cost of a completion: tokens times the price of the model; chat adapters call ``cost_usd``."""

from __future__ import annotations


def cost_usd(tokens: int, cost_per_1k_usd: float) -> float:
    return tokens * cost_per_1k_usd / 1000
