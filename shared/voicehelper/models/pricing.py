"""Cost of a completion: tokens times the prices of the model; chat adapters call ``cost_usd``.

``Tariffs`` are what hosted models cost that write nothing; who charges their calls multiplies.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prices:
    """For 1,000 tokens of the prompt, of the answer, and of what the provider had kept of the prompt."""

    input_usd: float
    output_usd: float
    cached_usd: float

    @classmethod
    def uniform(cls, cost_per_1k_usd: float) -> Prices:
        return cls(cost_per_1k_usd, cost_per_1k_usd, cost_per_1k_usd)


def cost_usd(prompt_tokens: int, completion_tokens: int, prices: Prices, *, cached_tokens: int = 0) -> float:
    """``cached_tokens`` are a part of the prompt. Never negative, whatever is reported: budgets add costs up."""
    prompt, cached = max(prompt_tokens, 0), min(max(cached_tokens, 0), max(prompt_tokens, 0))
    charges = (
        (prompt - cached, prices.input_usd),
        (cached, prices.cached_usd),
        (max(completion_tokens, 0), prices.output_usd),
    )
    return sum(tokens * max(price, 0.0) for tokens, price in charges) / 1000


@dataclass(frozen=True, slots=True)
class Tariff:
    """Of a hosted model that only reads."""

    model: str
    cost_per_1k_usd: float

    def cost_usd(self, tokens: int) -> float:
        return tokens * self.cost_per_1k_usd / 1000


@dataclass(frozen=True, slots=True)
class Tariffs:
    """None for what is built in, or not configured."""

    embedding: Tariff | None = None
    rerank: Tariff | None = None
