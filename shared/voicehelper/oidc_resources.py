"""The identity provider of this deployment, as ``resources`` builds what others keep; ``entry/oidc.py`` calls it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.adapters.refreshing import Refreshing
    from voicehelper.identity.oidc.provider import Provider

MAX_AGE_S: Final = 60.0  # after which a changed registration takes effect
CALLBACK_PATH: Final = "/api/v1/auth/oidc/callback"
Fields = tuple[tuple[str, str], ...]


def oidc_provider() -> Provider:
    """OidcNotConfiguredError where the deployment names no secret, OidcUnavailableError where it misses something."""
    from voicehelper.identity.oidc.errors import OidcNotConfiguredError

    if not settings().oidc_secret_name:
        raise OidcNotConfiguredError
    return provider_for(registration().get(), settings().public_base_url)


@functools.cache
def registration() -> Refreshing[Fields]:
    """The secret's fields."""
    from voicehelper.adapters.aws_call import read_secret
    from voicehelper.adapters.refreshing import Refreshing

    name = settings().oidc_secret_name
    return Refreshing(
        lambda: tuple(sorted((key, str(value)) for key, value in read_secret(name)[1].items())),
        max_age_s=MAX_AGE_S,
        keep_stale=True,
    )


@functools.lru_cache(maxsize=1)
def provider_for(fields: Fields, base_url: str) -> Provider:
    """The same one, with what it has fetched, until the registration changes."""
    from voicehelper.identity.oidc.provider import Client, Provider, require_complete

    registered = dict(fields)
    client = Client(
        issuer=registered.get("issuer", ""),
        client_id=registered.get("client_id", ""),
        secret=registered.get("client_secret", ""),
        redirect_uri=f"{base_url}{CALLBACK_PATH}",
    )
    require_complete(client)
    return Provider(client)
