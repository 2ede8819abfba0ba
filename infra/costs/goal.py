"""What brings the idle month of a stage whose database sleeps to ``GOAL_USD``, as far as it is not done yet.

Plans, kept as data beside the prices; the cost table shows only what the template has. Entry: ``reachable``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.costs.bill import Prices, idle_month, polled_queue
from infra.costs.deployment import Deployment

GOAL_USD: Final = 0.50


@dataclass(frozen=True, slots=True)
class Step:
    """``ends`` names the polled queues that are no longer there afterwards."""

    name: str
    ends: tuple[str, ...]


STEPS: Final = (
    Step("purges go through the one work queue", ("PurgeQueue",)),
    Step("dead letters are read by a schedule, not by pollers", ("UploadDeadLetterQueue",)),
)


def saved(step: Step, deployment: Deployment, prices: Prices) -> float:
    """US dollars a month; nothing where the step is done."""
    return len(set(deployment.polled_queues()) & set(step.ends)) * polled_queue(prices)


def reachable(deployment: Deployment, prices: Prices) -> float:
    """The idle month after every step."""
    idle = sum(line.usd for line in idle_month(deployment, prices))
    return idle - sum(saved(step, deployment, prices) for step in STEPS)
