"""Errors that a call of a chat model ends with because of the request, not of the model; endpoints declare them."""

from __future__ import annotations

from voicehelper.errors import InvalidInputError, UpstreamUnavailableError


class ContextTooLongError(InvalidInputError):
    """No model of the table reads that much; ``details`` has ``context_length`` and ``max_context`` in tokens."""

    code = "CONTEXT_TOO_LONG"


class RequestRefusedError(UpstreamUnavailableError):
    """The provider is there and refuses this one request, as one that is too long for its model."""
