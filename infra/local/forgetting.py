"""Ended executions of state machines are forgotten, the oldest first: `forget_ended`, called before each snapshot.

Step Functions does so after 90 days. The emulator would keep all of them, and write them anew every five seconds.
"""

from __future__ import annotations

from collections.abc import Hashable, MutableMapping
from typing import Any, Final

KEPT: Final = 500  # ended ones; what is looked up after its end is looked up within minutes


def forget_ended(executions: MutableMapping[Hashable, dict[str, Any]], *, kept: int = KEPT) -> None:
    """``executions`` may grow meanwhile, by other threads."""
    ended = [(str(item["stopDate"]), key) for key, item in list(executions.items()) if item.get("stopDate")]
    for _, key in sorted(ended, key=lambda pair: pair[0])[: max(0, len(ended) - kept)]:
        executions.pop(key, None)
