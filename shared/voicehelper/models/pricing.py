"""What an answer cost: tokens times the price of the model that answered, nothing else."""

from __future__ import annotations


def cost_usd(tokens: int, cost_per_1k_usd: float) -> float:
    return tokens * cost_per_1k_usd / 1000
