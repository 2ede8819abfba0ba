"""How processor time grows with the size of an input, measured so that a busy machine does not change the verdict."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

# Three times as long for twice the size is the most that is accepted; linear is 2, quadratic 4. Three doublings are
# measured at once, where linear (8) and quadratic (64) are too far apart for caches and noise to bridge.
FACTOR, LIMIT = 2**3, 3.0**3
_NEGLIGIBLE_S = 0.004
_ROUNDS = 5


def growth(work: Callable[[int], Callable[[], object]], size: int, *, largest: int = 0) -> float:
    """Time for ``FACTOR * size`` over time for ``size``; ``work`` prepares a call for a size.

    The least of several runs counts, in CPU time of this thread. Rounds stop as soon as the ratio is far below the
    limit, because noise only adds. Where the time is negligible, the size grows until its multiple would exceed
    ``largest``; what is negligible even then counts as 1.
    """
    small, large = work(size), work(FACTOR * size)
    least_small = least_large = ratio = float("inf")
    for _ in range(_ROUNDS):
        least_large = min(least_large, _seconds(large))
        if least_large < _NEGLIGIBLE_S:
            return growth(work, 4 * size, largest=largest) if 4 * FACTOR * size <= largest else 1.0
        least_small = min(least_small, _seconds(small))
        ratio = least_large / least_small
        if ratio < 0.6 * LIMIT:
            break
    return ratio


def _seconds(call: Callable[[], object]) -> float:
    """Without the collector: a collection walks the whole heap of the test process, whatever the call made."""
    gc.disable()
    try:
        start = time.thread_time()
        call()
        return time.thread_time() - start
    finally:
        gc.enable()
