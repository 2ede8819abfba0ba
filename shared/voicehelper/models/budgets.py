"""``Budgeted``: a chat model whose calls monthly budgets must hold, before they are made.

The most that a call may cost is reserved first and settled at its cost afterwards, so that calls at the same time
cannot spend together what each of them could alone. ``factory`` builds it; ``budget_store`` keeps the sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from voicehelper.errors import DatabaseError, UpstreamUnavailableError
from voicehelper.models.pricing import Prices, cost_usd
from voicehelper.models.protocols import Chat, ChatCompletion, ChatRequest, Deadline
from voicehelper.models.routing import prompt_tokens
from voicehelper.observability.logs import logger
from voicehelper.shapes.viewer import Viewer
from voicehelper.text.tokens import approximate_tokens


class Ledger(Protocol):
    """Each reservation is settled at most once, and expires if its call has died."""

    def reserve(self, tenant: str, viewer: Viewer | None, usd: float) -> UUID | None:
        """BudgetExceededError if the month's budget of the tenant, of the viewer or of their key does not hold it.

        None where none is set.
        """

    def settle(self, tenant: str, reservation: UUID, usd: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Budgeted:
    """``prices`` are those of every model that may answer, a fallback included."""

    chat: Chat
    ledger: Ledger
    prices: Mapping[str, Prices]
    fallback: str | None = None

    def complete(self, request: ChatRequest, deadline: Deadline) -> ChatCompletion:
        reservation = self._reserve(request)
        spent_usd = 0.0
        try:
            completion = self.chat.complete(request, deadline)
            spent_usd = completion.cost_usd
            return completion
        finally:
            self._settle(request, reservation, spent_usd)

    def stream(self, request: ChatRequest, deadline: Deadline) -> Iterator[str | ChatCompletion]:
        """A stream that ends early is charged for the prompt and for what has arrived."""
        reservation = self._reserve(request)
        received, spent_usd = "", 0.0
        try:
            for piece in self.chat.stream(request, deadline):
                if isinstance(piece, ChatCompletion):
                    spent_usd = piece.cost_usd
                else:
                    received += piece
                    spent_usd = self.estimate_usd(request, approximate_tokens(received))
                yield piece
        finally:
            self._settle(request, reservation, spent_usd)

    def estimate_usd(self, request: ChatRequest, completion_tokens: int) -> float:
        """The most that such an answer costs, by whichever of its models."""
        names = (request.model, self.fallback or "") if request.model in self.prices else tuple(self.prices)
        possible = [self.prices[name] for name in names if name]
        prompt = prompt_tokens(request)
        return max(cost_usd(prompt, completion_tokens, prices) for prices in possible)

    def _reserve(self, request: ChatRequest) -> UUID | None:
        return self.ledger.reserve(request.tenant, request.viewer, self.estimate_usd(request, request.max_tokens))

    def _settle(self, request: ChatRequest, reservation: UUID | None, usd: float) -> None:
        """An answer that is paid for is given, also where the sum cannot be kept."""
        if reservation is None:
            return
        try:
            self.ledger.settle(request.tenant, reservation, usd)
        except (DatabaseError, UpstreamUnavailableError):
            logger().exception("an answer's cost was not settled", extra={"cost_usd": usd})
