"""Every error the product raises on purpose, in families.

A family says what kind of failure it is; ``http.py`` alone knows which status that is. ``code`` is part
of the public API, the sentence behind it (``messages/<domain>.toml``) is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class VoiceHelperError(Exception):
    """An expected failure. ``details`` is shown to the caller and also fills the message's placeholders."""

    code: ClassVar[str] = "INTERNAL_ERROR"

    def __init__(self, reason: str = "", *, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason or self.code)
        self.details = dict(details or {})


class InvalidInputError(VoiceHelperError):
    code = "VALIDATION_ERROR"


class UnauthenticatedError(VoiceHelperError):
    code = "UNAUTHENTICATED"


class ForbiddenError(VoiceHelperError):
    code = "FORBIDDEN"


class NotFoundError(VoiceHelperError):
    code = "NOT_FOUND"


class MethodNotAllowedError(VoiceHelperError):
    code = "METHOD_NOT_ALLOWED"


class ConflictError(VoiceHelperError):
    code = "CONFLICT"


class PayloadTooLargeError(VoiceHelperError):
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedMediaTypeError(VoiceHelperError):
    code = "UNSUPPORTED_MEDIA_TYPE"


class TooManyRequestsError(VoiceHelperError):
    """``details`` may hold ``retry_after_s``, which becomes the Retry-After header."""

    code = "TOO_MANY_REQUESTS"


class UpstreamUnavailableError(VoiceHelperError):
    """A dependency failed in a way that may pass; state machines retry this class by its name."""

    code = "UPSTREAM_UNAVAILABLE"


class DatabaseError(VoiceHelperError):
    code = "DB_ERROR"


class SupersededError(ConflictError):
    """The work was overtaken: what it works on was deleted, or a newer attempt has taken over. Not a failure."""


class RejectedError(VoiceHelperError):
    """An input that can never be handled as it is; retrying the same bytes cannot help.

    ``reason`` is a code users are told a sentence for, such as ``password_protected``, ``corrupt`` or ``no_text``;
    ``explanation`` is for the log alone.
    """

    code = "INPUT_REJECTED"

    def __init__(self, reason: str, explanation: str = "") -> None:
        super().__init__(explanation or reason)
        self.reason = reason
