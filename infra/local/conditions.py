"""What AWS has and one's own machine has not, for a local stack that takes it on: ``AWS_CONDITIONS=1 make run``.

The network: functions reach the hosts alone that the deployed network reaches (``guest``). The database sleeps when
idle and takes its time to wake (``sleeping``). The account runs ten functions at once, as a new one does. A state over
256 KiB and a history over 25,000 events fail (``state_limits``). Entry: ``Conditions``, for the stack.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from infra.concurrency import account_parameters
from infra.local.endpoint import REGION

VARIABLE = "AWS_CONDITIONS"
HOSTS_VARIABLE = "REACHABLE_HOSTS"  # of the emulator and of functions; separated by spaces


@dataclass(frozen=True, slots=True)
class Conditions:
    """https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"""

    wakes_in_s: float = 15.0
    sleeps_after_s: float = 300.0
    concurrency: int = 10

    @staticmethod
    def requested() -> Conditions | None:
        """None unless the environment asks for them."""
        return Conditions() if os.environ.get(VARIABLE, "") not in ("", "0") else None

    @property
    def parameters(self) -> dict[str, str]:
        """What `make deploy` gives the template in such an account."""
        return account_parameters(self.concurrency)

    @property
    def hosts(self) -> list[str]:
        from infra.reachable import reachable_hosts  # brings botocore along

        return sorted(reachable_hosts(REGION))

    @property
    def emulator_environment(self) -> dict[str, str]:
        return {"LAMBDA_ACCOUNT_CONCURRENCY": str(self.concurrency), HOSTS_VARIABLE: " ".join(self.hosts)}
