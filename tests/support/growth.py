"""How processor time grows with the size of an input, measured so that a busy machine does not change the verdict."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 3.0  # for twice the input: linear is 2, quadratic 4
_NEGLIGIBLE_S = 0.004
_ROUNDS = 5


def growth(work: Callable[[int], Callable[[], object]], size: int, *, largest: int = 0) -> float:
    """Time for ``2 * size`` over time for ``size``; ``work`` prepares a call for a size.

    The least of several runs counts, in CPU time of this thread. Rounds stop as soon as the ratio is below the limit,
    because noise only adds. Where the time is negligible, the size grows up to ``largest``; what is negligible even
    then counts as 1.
    """
    single, double = work(size), work(2 * size)
    best_single = best_double = ratio = float("inf")
    for _ in range(_ROUNDS):
        best_double = min(best_double, _seconds(double))
        if best_double < _NEGLIGIBLE_S:
            return growth(work, 4 * size, largest=largest) if 4 * size <= largest else 1.0
        best_single = min(best_single, _seconds(single))
        ratio = best_double / best_single
        if ratio < 0.8 * LIMIT:
            break
    return ratio


def _seconds(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start
