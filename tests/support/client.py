"""A caller of the running product: HTTP and nothing else. Every response enters the call record."""

from __future__ import annotations

import json
import mimetypes
import time
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx

from tests.support.call_record import call_record

PASSWORD = "SecurePass123!"


def http_client(base_url: str = "", *, timeout_s: float = 60, language: str = "zh") -> httpx.Client:
    """A caller without a token."""
    hooks = {"response": [call_record().note]}
    headers = {"accept-language": language}
    return httpx.Client(base_url=base_url, timeout=timeout_s, headers=headers, event_hooks=hooks)


class Client:
    """One signed-in user of a tenant of their own, or of the one that the link of an invitation leads to."""

    def __init__(self, base_url: str, *, language: str = "zh", email: str = "", invitation: str | None = None) -> None:
        self.http = http_client(base_url, language=language)
        self.email = email or f"{uuid.uuid4().hex}@example.com"
        registration = {"email": self.email, "password": PASSWORD, "username": "tester"}
        registration |= {"invitation": invitation} if invitation else {}
        self.user = self.json("POST", "/api/v1/auth/register", json=registration)
        self.sign_in()

    def invite(self, role: str, **more: Any) -> Client:
        """A new member of the same tenant."""
        email = f"{uuid.uuid4().hex}@example.com"
        made = self.json("POST", "/api/v1/members/invitations", json={"email": email, "role": role, **more})
        return Client(str(self.http.base_url), email=email, invitation=made["token"])

    def move_to(self, base_url: str) -> None:
        """The product has started again at another address."""
        self.http.base_url = base_url
        self.sign_in()

    def sign_in(self) -> dict[str, Any]:
        signed_in = self.json("POST", "/api/v1/auth/login", json={"email": self.email, "password": PASSWORD})
        self.http.headers["authorization"] = f"Bearer {signed_in['access_token']}"
        return signed_in

    def with_key(self, *scopes: str, **more: Any) -> Machine:
        """A key of this user, and a program that calls with it."""
        body = {"name": "program", "scopes": list(scopes or ("ask", "retrieve", "write")), **more}
        return Machine(str(self.http.base_url), self.json("POST", "/api/v1/keys", json=body))

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, path, **more)

    def json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        response = self.call(method, path, **more)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return dict(response.json()) if response.content else {}

    def create_base(self, name: str = "manuals") -> str:
        return str(self.json("POST", "/api/v1/knowledge/bases", json={"name": name, "display_name": name})["id"])

    def create_base_of(self, name: str, filename: str, text: str) -> str:
        """A base with one indexed document."""
        kb_id = self.create_base(name)
        self.wait([self.upload(kb_id, filename, text.encode())])
        return kb_id

    def upload(self, kb_id: str, name: str, body: bytes, metadata: dict[str, Any] | None = None) -> str:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        form = {"files": {"file": (name, body, kind)}, "data": {"metadata": json.dumps(metadata or {})}}
        return str(self.json("POST", f"/api/v1/knowledge/bases/{kb_id}/documents", **form)["document_id"])

    def upload_directly(self, kb_id: str, path: Path) -> str:
        """Announce the file without its digest, then send it to storage with the form the product returned."""
        announced = {"filename": path.name, "size_bytes": path.stat().st_size, "metadata": {}}
        form = self.json("POST", f"/api/v1/knowledge/bases/{kb_id}/documents/direct", json=announced)
        with path.open("rb") as stream, http_client(timeout_s=120) as storage:
            stored = storage.post(form["upload_url"], data=form["fields"], files={"file": stream})
        assert stored.is_success, stored.text
        return str(form["document_id"])

    def status(self, document_id: str) -> dict[str, Any]:
        return self.json("GET", f"/api/v1/knowledge/documents/{document_id}/status")

    def wait(self, document_ids: Iterable[str], *, limit_s: float = 120) -> dict[str, dict[str, Any]]:
        """Status of each document once none is processing any more; AssertionError after ``limit_s``."""
        ended, deadline = {}, time.monotonic() + limit_s
        for document_id in document_ids:  # one after the other: polling all of them at once would slow them down
            while (status := self.status(document_id))["status"] == "processing":
                assert time.monotonic() < deadline, f"{document_id} is still processing: {status}"
                time.sleep(0.25)  # the API offers polling, no notification
            ended[document_id] = status
        return ended

    def open_link(self, url: str) -> httpx.Response:
        """What a browser gets from a source's link: redirects followed, no token sent."""
        with http_client() as browser:
            return browser.get(url, follow_redirects=True)

    def ask(self, kb_id: str, query: str, **more: Any) -> dict[str, Any]:
        return self.json("POST", "/api/v1/rag/query", json={"kb_id": kb_id, "query": query, **more})


class Machine(Client):
    """A program that calls with a key; ``created`` is what its maker was shown."""

    def __init__(self, base_url: str, created: dict[str, Any]) -> None:
        self.created = created
        self.http = http_client(base_url)
        self.http.headers["authorization"] = f"Bearer {created['key']}"
