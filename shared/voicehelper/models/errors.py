"""Errors that a call of a chat model ends with because of the request, not of the model; endpoints declare them."""

from __future__ import annotations

from voicehelper.errors import InvalidInputError, TooManyRequestsError, UpstreamUnavailableError


class ContextTooLongError(InvalidInputError):
    """No model of the table reads that much; ``details`` has ``context_length`` and ``max_context`` in tokens."""

    code = "CONTEXT_TOO_LONG"


class RequestRefusedError(UpstreamUnavailableError):
    """The provider is there and refuses this one request, as one that is too long for its model."""


class BudgetExceededError(TooManyRequestsError):
    """The month's budget does not hold the call, which was not made; ``details`` has ``limit_usd``, ``used_usd`` and
    ``resets_at``.
    """

    code = "BUDGET_EXCEEDED"
