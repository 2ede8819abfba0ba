"""The families of expected errors; rooms derive their own errors from them.

Only ``entry/http.py`` maps families to statuses. ``code`` is part of the public API, its message
(``messages/<domain>.toml``) is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class VoiceHelperError(Exception):
    """An expected failure. ``details`` are returned to the caller and fill the message's placeholders."""

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
    """A transient failure of a dependency; state machines retry this class by its name."""

    code = "UPSTREAM_UNAVAILABLE"


class StartingError(UpstreamUnavailableError):
    """A dependency that sleeps when idle is waking, and the caller is asked to return. Not a failure."""


class NotConfiguredError(UpstreamUnavailableError):
    """The operator has not set up what is asked for; ``details`` has ``setting``, and is told. Not a failure."""


class DatabaseError(VoiceHelperError):
    code = "DB_ERROR"


class SupersededError(ConflictError):
    """The document was deleted or a newer attempt has started, so this work is obsolete. Not a failure."""


class RejectedError(VoiceHelperError):
    """The input cannot be processed; retrying with the same bytes cannot help.

    ``reason`` is a code with a message for users, such as ``password_protected``, ``corrupt`` or ``no_text``;
    ``explanation`` is for the log only.
    """

    code = "INPUT_REJECTED"

    def __init__(self, reason: str, explanation: str = "") -> None:
        super().__init__(explanation or reason)
        self.reason = reason
