"""How a sign-in with an identity provider fails; the reasons are for the log, the codes for callers."""

from __future__ import annotations

from voicehelper.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnauthenticatedError,
    UpstreamUnavailableError,
)


class OidcNotConfiguredError(NotFoundError):
    """This deployment has no identity provider. No 503, which anybody could call forth: it would raise the alarm."""

    code = "OIDC_NOT_CONFIGURED"


class OidcUnavailableError(UpstreamUnavailableError):
    """The provider does not answer, or answers what OpenID Connect does not allow."""

    code = "OIDC_UNAVAILABLE"


class OidcStateError(UnauthenticatedError):
    """The answer does not belong to a sign-in that this browser began within the last ten minutes."""

    code = "OIDC_STATE_INVALID"


class OidcRefusedError(UnauthenticatedError):
    """The provider does not know the code, or its token proves nothing."""

    code = "OIDC_REFUSED"


class OidcDeniedError(ForbiddenError):
    """The person, or the provider's administrator, did not agree."""

    code = "OIDC_DENIED"


class OidcEmailError(ForbiddenError):
    """The provider names no e-mail address that it has verified, and the person has not signed in before."""

    code = "OIDC_EMAIL_UNVERIFIED"


class OidcAccountNeededError(ForbiddenError):
    """Nobody has this e-mail address, and registration is closed."""

    code = "OIDC_ACCOUNT_NEEDED"


class OidcAccountTakenError(ConflictError):
    """The account with this e-mail address is another person's: the provider has given the address to somebody new."""

    code = "OIDC_ACCOUNT_TAKEN"
