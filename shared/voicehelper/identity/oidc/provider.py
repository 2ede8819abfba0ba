"""``Provider``: what an identity provider says of itself, its keys, and the exchange of a code for an ID token.

``flow`` calls it; ``oidc_resources`` keeps one for each process. Its description and keys are fetched at first use and
kept for an hour, keys also anew at an unknown key id, as providers rotate them.
OpenID Connect Discovery 1.0: https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote_plus

from voicehelper.adapters.refreshing import Refreshing
from voicehelper.identity.oidc.calls import Reply, call, is_safe_url
from voicehelper.identity.oidc.errors import OidcRefusedError, OidcUnavailableError

MAX_AGE_S: Final = 3600.0
MIN_REFETCH_S: Final = 10.0
DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
# Of these a provider may use any; "none" and those with a shared secret are never accepted.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True, slots=True)
class Client:
    """How this deployment is registered with its provider; ``secret`` is empty for a public client."""

    issuer: str
    client_id: str
    secret: str
    redirect_uri: str


def require_complete(client: Client) -> None:
    """OidcUnavailableError, whose reason in the log says what to set."""
    if not is_safe_url(client.redirect_uri):
        raise OidcUnavailableError("PublicBaseUrl must be the https address of this deployment")
    if not is_safe_url(client.issuer) or "?" in client.issuer:
        raise OidcUnavailableError("the secret's issuer must be an https address")
    if not client.client_id:
        raise OidcUnavailableError("the secret has no client_id")


@dataclass(frozen=True, slots=True)
class Metadata:
    """The provider's description of itself; ``names_itself``: its answers carry ``iss`` (RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    keys_url: str
    userinfo_endpoint: str  # empty where there is none
    token_methods: tuple[str, ...]
    algorithms: tuple[str, ...]
    names_itself: bool


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``material`` is the JSON Web Key as the provider publishes it (RFC 7517)."""

    key_id: str | None
    material: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code is worth; ``access_token`` is empty where the provider gives none."""

    id_token: str
    access_token: str


class Ask(Protocol):
    def __call__(self, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] = {}) -> Reply: ...


class Provider:
    def __init__(self, client: Client, *, ask: Ask = call, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._ask = ask
        self._metadata = Refreshing(self._fetch_metadata, max_age_s=MAX_AGE_S, keep_stale=True, clock=clock)
        self._keys = Refreshing(self._fetch_keys, max_age_s=MAX_AGE_S, keep_stale=True, clock=clock)

    @property
    def metadata(self) -> Metadata:
        return self._metadata.get()

    def keys(self, key_id: str | None) -> list[PublicKey]:
        """Those that a token with this key id may be signed with; unknown ids cause one fetch in ten seconds."""
        for max_age_s in (None, MIN_REFETCH_S):
            if fitting := _fitting(self._keys.get(max_age_s=max_age_s), key_id):
                return fitting
        return []

    def redeem(self, code: str, *, verifier: str) -> Tokens:
        """The tokens for a code, which works once; OidcRefusedError where the provider does not take the code."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        form["redirect_uri"] = self.client.redirect_uri
        extra, headers = _authentication(self.client, self.metadata.token_methods)
        reply = self._ask(self.metadata.token_endpoint, form | extra, headers)
        return _tokens(reply)

    def user_info(self, access_token: str, *, subject: str) -> dict[str, Any]:
        """What the provider tells of the person beside the ID token; nothing where it does not.

        OidcRefusedError for another person's: OpenID Connect Core 1.0 §5.3.2.
        """
        endpoint = self.metadata.userinfo_endpoint
        if not endpoint or not access_token:
            return {}
        reply = self._ask(endpoint, headers={"authorization": f"Bearer {access_token}"})
        if reply.status != 200:
            return {}
        if reply.document.get("sub") != subject:
            raise OidcRefusedError("the provider's user information is another person's")
        return reply.document

    def _fetch_metadata(self) -> Metadata:
        reply = self._ask(self.client.issuer.rstrip("/") + DISCOVERY_PATH)
        return parse_metadata(reply.document if reply.status == 200 else {}, issuer=self.client.issuer)

    def _fetch_keys(self) -> list[PublicKey]:
        reply = self._ask(self.metadata.keys_url)
        return parse_keys(reply.document if reply.status == 200 else {})


def parse_metadata(document: Mapping[str, Any], *, issuer: str) -> Metadata:
    """OidcUnavailableError where it is another issuer's, or misses an address; a slash at the issuer's end is none."""
    stated = document.get("issuer")
    if not isinstance(stated, str) or stated.rstrip("/") != issuer.rstrip("/"):
        raise OidcUnavailableError(f"{issuer} describes the issuer {stated!r}")
    endpoints = {name: document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    if unsafe := [name for name, url in endpoints.items() if not is_safe_url(url)]:
        raise OidcUnavailableError(f"{issuer}: no usable {', '.join(unsafe)}")
    userinfo = document.get("userinfo_endpoint")
    stated_algorithms = _strings(document.get("id_token_signing_alg_values_supported"))
    return Metadata(
        issuer=stated,
        authorization_endpoint=str(endpoints["authorization_endpoint"]),
        token_endpoint=str(endpoints["token_endpoint"]),
        keys_url=str(endpoints["jwks_uri"]),
        userinfo_endpoint=str(userinfo) if is_safe_url(userinfo) else "",
        token_methods=_strings(document.get("token_endpoint_auth_methods_supported")) or ("client_secret_basic",),
        algorithms=tuple(name for name in ALGORITHMS if name in (stated_algorithms or ALGORITHMS)),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def parse_keys(document: Mapping[str, Any]) -> list[PublicKey]:
    """Public keys for signatures; those for encryption and shared secrets are left out."""
    listed = document.get("keys")
    keys = [key for key in listed if isinstance(key, dict)] if isinstance(listed, list) else []
    if not keys:
        raise OidcUnavailableError("the provider publishes no keys")
    usable = [key for key in keys if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
    return [PublicKey(key["kid"] if isinstance(key.get("kid"), str) else None, key) for key in usable]


def _fitting(keys: list[PublicKey], key_id: str | None) -> list[PublicKey]:
    """All for a token that names none, as OpenID Connect allows where the provider has a single key of the kind."""
    if key_id is None:
        return keys
    return [key for key in keys if key.key_id == key_id] or [key for key in keys if key.key_id is None]


def _authentication(client: Client, methods: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
    """(fields of the form, headers) that prove the client: RFC 6749 §2.3.1, where both parts are encoded first."""
    if not client.secret:
        return {"client_id": client.client_id}, {}
    if "client_secret_basic" not in methods and "client_secret_post" in methods:
        return {"client_id": client.client_id, "client_secret": client.secret}, {}
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
    return {}, {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _tokens(reply: Reply) -> Tokens:
    """A client that the provider does not know is a mistake of the deployment, not of the person."""
    error = reply.document.get("error")
    if reply.status == 401 or error in ("invalid_client", "unauthorized_client"):
        raise OidcUnavailableError(f"the provider does not accept this client: {error!r}")
    token, access_token = reply.document.get("id_token"), reply.document.get("access_token")
    if reply.status != 200 or not isinstance(token, str):
        raise OidcRefusedError(f"no ID token for the code: {reply.status} {str(error)[:100]!r}")
    return Tokens(token, access_token if isinstance(access_token, str) else "")
