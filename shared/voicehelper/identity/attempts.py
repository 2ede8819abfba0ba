"""One attempt to prove a password: whether it is allowed, and what its outcome changes.

Counted by the account's e-mail address, whether or not somebody is registered with it, and by the network it comes
from. A failure counts when it is known, not when the attempt starts, so users with the right password may sign in from
many devices at once; the limits are checked before and after the password is compared, so of many guesses at once no
more are answered than of the same guesses one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from voicehelper.adapters.database import Transaction
from voicehelper.identity.limits import Limit, Limits, clear, count_attempt, refuse_if_waiting, remove_expired, wait_s


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: an address or network, and the client's name for itself."""

    network: str
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    limits: Limits
    email: str
    network: str

    def require_allowed(self, tx: Transaction) -> None:
        """TooManyRequestsError while the account or the network is locked."""
        refuse_if_waiting(*(wait_s(tx, limit, value) for limit, value in self._counters()))

    def count_failure(self, tx: Transaction) -> int:
        """Seconds to wait if a limit had been reached before this failure, else 0."""
        return max(
            0 if count_attempt(tx, limit, value) else wait_s(tx, limit, value) for limit, value in self._counters()
        )

    def count_success(self, tx: Transaction) -> None:
        """Forget the account's failures; TooManyRequestsError if others have reached a limit meanwhile."""
        clear(tx, self.limits.account, self.email)
        self.require_allowed(tx)
        remove_expired(tx)

    def _counters(self) -> tuple[tuple[Limit, str], ...]:
        """In one order everywhere, so that concurrent attempts do not wait for each other in a circle."""
        return (self.limits.account, self.email), (self.limits.address, self.network)
