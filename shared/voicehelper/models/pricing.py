"""Cost of a completion: tokens times the price of the model; chat adapters call ``cost_usd``."""

from __future__ import annotations


def cost_usd(tokens: int, cost_per_1k_usd: float) -> float:
    """Never negative, whatever is reported: budgets add costs up."""
    return max(tokens, 0) * max(cost_per_1k_usd, 0.0) / 1000
