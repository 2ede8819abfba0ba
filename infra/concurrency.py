"""How much of an account's quota of concurrent executions others than questions take. Entry: ``account_parameters``.

`make deploy` asks the account, the local stack its conditions. A new account has ten, and AWS lets nobody reserve any
of them: the pipeline takes two fifths, calls that wait for agents one, and questions have the rest.
"""

from __future__ import annotations

import math
from typing import Final

# From here on the template's defaults take half at most.
ROOMY: Final = 200


def account_parameters(quota: int) -> dict[str, str]:
    """Of the template; none where its defaults fit."""
    if quota >= ROOMY:
        return {}
    side = max(1, min(10, math.isqrt(2 * quota // 5)))
    waiting = max(1, quota // 5)
    return {"RunningDocuments": str(side), "EmbeddingLanes": str(side), "WaitingCalls": str(waiting)}
