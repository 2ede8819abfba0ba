"""Every endpoint called in this process, on a real database: what an authorizer would say is given with each call.

Over HTTP a call costs 10 to 40 ms of two processes, here three; which is what lets thousands of them be made. What a
call writes is rolled back after it. Services of AWS are stood in for, or away.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send
from voicehelper import agent_resources, identity_resources, resources
from voicehelper.adapters.database import Database
from voicehelper.entry.http import application
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.identity.ends import Ends
from voicehelper.identity.keys import KeyRing, SigningKeys

from infra.openapi import code_routes, endpoint_modules
from tests.support.api_keys import Records
from tests.support.fakes import FakeEmbedder, FakeQueue

_HEADERS: Final = {"authorization": "Bearer x", "prefer": "respond-async", "content-type": "application/json"}
_PACKAGES: Final = ("voicehelper.", "identity.", "members.", "knowledge.", "conversations.", "agents.", "retrieval.",
                    "protocols.", "operations.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """A session of a member, or a key of theirs with ``scopes``."""

    user_id: UUID
    tenant_id: UUID
    role: str
    key_id: UUID | None = None
    scopes: str | None = None

    @property
    def context(self) -> dict[str, str]:
        context = {"user_id": str(self.user_id), "tenant_id": str(self.tenant_id), "roles": self.role}
        context["family_id"] = str(UUID(int=9))
        return context | ({"key_id": str(self.key_id), "scopes": self.scopes or ""} if self.key_id else {})


class _Away:
    """A service that answers nothing."""

    def __getattr__(self, name: str) -> Any:
        def refuse(*_: Any, **__: Any) -> Any:
            raise UpstreamUnavailableError(name)

        return refuse


class _Revocations:
    """What ends is told to nobody: the context of a call says what an authorizer believed before."""

    def publish(self, *_: Any, **__: Any) -> None:
        return None


class InProcess:
    """The product's endpoints on ``database``; ``call`` is one request, whose changes are taken back.

    With ``built_in_models`` questions are embedded as in the product.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database: Database, *, built_in_models: bool = False) -> None:
        self._database, self._modules, self._loop = database, endpoint_modules(), asyncio.new_event_loop()
        self._apps: dict[str, FastAPI] = {}
        self._routes = code_routes()
        records, ring = Records(), KeyRing(lambda: SigningKeys("one", {"one": b"k" * 64}))
        self._stand_ins: dict[Callable[..., Any], Callable[..., Any]] = {
            resources.database: lambda: database,
            resources.content: lambda: _Away(),
            resources.upload_queue: lambda: FakeQueue(),
            resources.embedder: lambda: FakeEmbedder(),
            resources.embedding_model: lambda: "m",
            resources.revocation_table: lambda: _Away(),
            resources.signing_keys: lambda: ring,
            resources.link_keys: lambda: ring,
            identity_resources.key_table: lambda: records.table,
            identity_resources.ends_of_powers: lambda: Ends(cast("Any", _Revocations()), records.table),
            agent_resources.agent_executions: lambda: _Away(),
            agent_resources.offered_tools: list,
        }
        if built_in_models:
            del self._stand_ins[resources.embedder], self._stand_ins[resources.embedding_model]
        for original, stand_in in self._stand_ins.items():
            _replace(monkeypatch, original, stand_in)
        self._called: tuple[FastAPI, dict[str, Any]] | None = None
        transport = httpx.ASGITransport(self._dispatch, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://api", headers=_HEADERS, trust_env=False)

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def call(
        self, credential: Credential | None, operation: str, path: str, body: Any = None, *, keeps: bool = False
    ) -> httpx.Response:
        """``operation`` is a method and the path of its route, ``path`` that with ids; what it changes stays with
        ``keeps`` alone.
        """
        method, route = operation.split(" ", 1)
        context = credential.context if credential else {}
        event = {"requestContext": {"authorizer": {"lambda": context}, "http": {"sourceIp": "192.0.2.1"}}}
        with self._database.transaction() as tx:
            connection = tx.connection
        connection.execute("BEGIN")
        self._called = self._app(method, route), event
        content = None if body is None else json.dumps(body)
        try:
            return self._loop.run_until_complete(self._client.request(method, path, content=content))
        finally:
            connection.execute("COMMIT" if keeps else "ROLLBACK")

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._called
        app, scope["aws.event"] = self._called
        await app(scope, receive, send)

    def _app(self, method: str, route: str) -> FastAPI:
        handler = self._routes[method, route]
        if handler not in self._apps:
            self._apps[handler] = application(self._modules[handler].router)
            self._apps[handler].dependency_overrides |= self._stand_ins
        return self._apps[handler]


def _replace(monkeypatch: pytest.MonkeyPatch, original: Callable[..., Any], stand_in: Callable[..., Any]) -> None:
    """Under every name by which a module of the product has it."""
    for name, module in list(sys.modules.items()):
        if module is None or not name.startswith(_PACKAGES):
            continue
        for attribute, value in list(vars(module).items()):
            if value is original:
                monkeypatch.setattr(module, attribute, stand_in)
