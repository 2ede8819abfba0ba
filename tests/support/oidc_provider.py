"""An OpenID Connect provider over real sockets, which signs with its own keys and misbehaves as a test asks it to."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.support.web_server import Answer, Request, WebServer, web_server

CLIENT_ID, CLIENT_SECRET = "voice helper:app", "s3cret/+ %:värde"
ACCESS_TOKEN = "an-access.token~+/="
Claims = dict[str, Any]


@dataclass(frozen=True)
class SigningKey:
    """``public`` is the JSON Web Key that the provider publishes."""

    private: Any
    public: dict[str, Any]

    @classmethod
    def make(cls, algorithm: str, key_id: str | None) -> SigningKey:
        private, public = _generate(algorithm)
        named = {} if key_id is None else {"kid": key_id}
        return cls(private, {**public, **named, "use": "sig"})


def _generate(algorithm: str) -> tuple[Any, dict[str, Any]]:
    if algorithm.startswith(("RS", "PS")):
        private = rsa.generate_private_key(65537, 2048)
        return private, jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    if algorithm.startswith("ES"):
        curves = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
        elliptic = ec.generate_private_key(curves[algorithm])
        return elliptic, jwt.algorithms.ECAlgorithm.to_jwk(elliptic.public_key(), as_dict=True)
    edwards = ed25519.Ed25519PrivateKey.generate()
    return edwards, jwt.algorithms.OKPAlgorithm.to_jwk(edwards.public_key(), as_dict=True)


@functools.cache
def usual_key() -> SigningKey:
    """Made once: it takes as long as everything else in a test."""
    return SigningKey.make("RS256", "first")


@dataclass
class OidcProvider:
    """``change_claims`` and ``change_metadata`` let a test bend what is true; ``person`` is who signs in."""

    server: WebServer
    algorithm: str = "RS256"
    key: SigningKey = field(default_factory=usual_key)
    published: list[dict[str, Any]] | None = None  # None: the key that signs
    person: Claims = field(default_factory=lambda: {"sub": "248289761001", "name": "Jana Novák"})
    told_apart: Claims = field(default_factory=dict)  # at the endpoint for user information alone
    header: dict[str, Any] = field(default_factory=dict)
    change_claims: Callable[[Claims], Claims] = lambda claims: claims
    change_metadata: Callable[[Claims], Claims] = lambda metadata: metadata
    change_token: Callable[[str], str] = lambda token: token
    token_answer: Answer | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return self.server.url

    @property
    def client(self) -> dict[str, str]:
        """As the product is registered with it."""
        return {"issuer": self.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def calls_of(self, path: str) -> list[Request]:
        return [request for request in self.server.requests if request.path == path]

    def agree(self, authorization_url: str) -> dict[str, str]:
        """What the browser brings back after its user has agreed."""
        asked = dict(parse_qsl(urlsplit(authorization_url).query))
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, request: Request) -> Answer:
        path = urlsplit(request.path).path
        if path == "/.well-known/openid-configuration":
            return _json(self.change_metadata(self._metadata()))
        if path == "/keys":
            return _json({"keys": [self.key.public] if self.published is None else self.published})
        if path == "/userinfo" and request.headers.get("authorization") == f"Bearer {ACCESS_TOKEN}":
            return _json({"sub": self.person["sub"], **self.told_apart})
        return self._token(request) if path == "/token" else Answer(404, body=b"{}")

    def _metadata(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=a",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": [self.algorithm],
        }

    def _token(self, request: Request) -> Answer:
        if self.token_answer:
            return self.token_answer
        form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        if not _is_client(request.headers, form):
            return _json({"error": "invalid_client"}, status=401)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or asked["redirect_uri"] != form["redirect_uri"] or not _proves(form, asked):
            return _json({"error": "invalid_grant"}, status=400)
        return _json({"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])})

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        named = {"kid": self.key.public["kid"]} if "kid" in self.key.public else {}
        claims, headers = self.change_claims(claims), {**named, **self.header}
        return self.change_token(jwt.encode(claims, self.key.private, algorithm=self.algorithm, headers=headers))


def _is_client(headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
    client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    return (unquote_plus(client_id), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET)


def _proves(form: Mapping[str, str], asked: Mapping[str, str]) -> bool:
    """PKCE with S256."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


def _json(document: object, *, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(document).encode())


@contextlib.contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    with web_server() as server:
        provider = OidcProvider(server)
        server.answer = provider.answer
        yield provider
