"""HTTP client of the commands: ``Api`` signs requests, renews expired tokens and raises CliError for every failure.

While the service's database wakes, it repeats the request by itself.

A CliError carries a sentence for the user, a hint at the next step and the exit code for scripts.
"""

from __future__ import annotations

import itertools
import re
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import httpx

from voicehelper_cli import names
from voicehelper_cli import session as sessions
from voicehelper_cli.session import Session
from voicehelper_cli.texts import language, text

# How long a request is repeated while the database wakes, and how often if the service does not say.
WAKING_LIMIT_S: Final = 120.0
WAKING_PAUSE_S: Final = 5.0

_KEY: Final = re.compile(r"vh_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}")

EXIT_FAILED: Final = 1
EXIT_SIGNED_OUT: Final = 3
EXIT_NOT_FOUND: Final = 4
EXIT_UNREACHABLE: Final = 5
EXIT_DOCUMENT_FAILED: Final = 6


class CliError(Exception):
    """A failed command: the message and ``hint`` are for the user, ``exit_code`` and ``body`` for scripts."""

    def __init__(self, message: str, *, hint: str = "", exit_code: int = EXIT_FAILED, body: Any = None) -> None:
        super().__init__(message)
        self.hint, self.exit_code, self.body = hint, exit_code, body


class Api:
    """API client for one user's session, or with a key. Sends the locale's language as Accept-Language.

    ``key`` goes before the stored sign-in; ``say`` tells of waiting.
    """

    def __init__(self, url: str, key: str = "", say: Callable[[str], object] = lambda _: None) -> None:
        self.session = sessions.load(url)
        self._key = _readable_key(key) if key.strip() else self.session.api_key
        self._say = say
        try:
            self._http = httpx.Client(base_url=url, timeout=60, headers={"accept-language": language()})
        except httpx.InvalidURL as error:
            raise _unreachable(url, error) from error

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The decoded response, None if it is empty. Raises CliError for every status but success."""
        response = self._answered(method, path, **more)
        try:
            return response.json() if response.content or response.is_redirect else None
        except ValueError:
            raise _unexpected(response) from None

    def fetch(self, method: str, path: str, **more: Any) -> tuple[bytes, httpx.Headers]:
        """A file, and the headers of the answer; from the store, which needs no token, where the answer leads there."""
        response = self._answered(method, path, **more)
        if not response.is_redirect:
            return response.content, response.headers
        try:
            stored = httpx.get(response.headers["location"], timeout=600).raise_for_status()
        except httpx.HTTPError as error:
            raise _unreachable(self.session.url, error) from error
        return stored.content, response.headers

    def file_url(self, document_id: str) -> str:
        """Where the document's file can be fetched for the next minutes, without a token."""
        response = self._answered("GET", f"/knowledge/documents/{document_id}/file")
        if not response.is_redirect:
            raise _unexpected(response)
        return response.headers["location"]

    def _answered(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = self._send(method, path, **more)
        if response.status_code == 401 and not self._key and self.session.refresh_token and self._renew():
            response = self._send(method, path, **more)
        if not response.is_success and not response.is_redirect:
            raise _failure(response, with_key=bool(self._key))
        return response

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Repeats what could not begin because the database sleeps: nothing has been done, so nothing is done twice."""
        response = self._send_once(method, path, **more)
        ends_at = time.monotonic() + WAKING_LIMIT_S
        if _is_waking(response):
            self._say(text("database_waking"))
        while _is_waking(response) and time.monotonic() < ends_at:
            time.sleep(_pause_s(response))
            response = self._send_once(method, path, **more)
        return response

    def _send_once(self, method: str, path: str, **more: Any) -> httpx.Response:
        token = self._key or self.session.access_token
        headers = {"authorization": f"Bearer {token}"} if token else {}
        headers |= more.pop("headers", {})
        try:
            return self._http.request(method, f"/api/v1{path}", headers=headers, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(self.session.url, error) from error

    def _renew(self) -> bool:
        stored = sessions.load(self.session.url)
        if stored.access_token != self.session.access_token:  # another command has renewed it meanwhile
            self.session = stored
            return bool(stored.access_token)
        response = self._send("POST", "/auth/refresh", json={"refresh_token": self.session.refresh_token})
        if not response.is_success:
            return False
        tokens = response.json()
        self._save(self.session.with_tokens(tokens["access_token"], tokens["refresh_token"]))
        return True

    def _save(self, session: Session) -> None:
        self.session = session
        sessions.save(session)

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        self.session, self._key = Session(self.session.url), ""
        tokens = self.call("POST", "/auth/login", json={"email": email, "password": password})
        self._save(Session(self.session.url, email, tokens["access_token"], tokens["refresh_token"]))
        return dict(tokens["user"])

    def switch(self, workspace_id: str) -> dict[str, Any]:
        """Goes on with a session in another workspace; the one that is left can no longer be renewed from here."""
        tokens = self.call("POST", "/auth/switch", json={"workspace_id": workspace_id})
        self._save(self.session.with_tokens(tokens["access_token"], tokens["refresh_token"]))
        return dict(tokens["user"])

    def sign_out(self) -> None:
        """Forgets the tokens even when the service has already ended the session; a kept key is forgotten alone."""
        self._key = ""
        try:
            if self.session.access_token or not self.session.api_key:
                self.call("POST", "/auth/logout")
        except CliError as error:
            if error.exit_code != EXIT_SIGNED_OUT:
                raise
        self._save(Session(self.session.url))

    def keep_key(self, key: str) -> dict[str, Any]:
        """Stores a key that works, instead of tokens; returns its maker."""
        self.session, self._key = Session(self.session.url), _readable_key(key)
        user = self.call("GET", "/users/me")
        self._save(Session(self.session.url, user["email"], api_key=self._key))
        return dict(user)

    def pages(self, path: str, **wanted: str) -> Iterator[dict[str, Any]]:
        """Every item of a paginated list, page by page; ``wanted`` are parameters of its query that are not empty."""
        chosen = {name: value for name, value in wanted.items() if value}
        for number in itertools.count(1):
            page = self.call("GET", path, params={"page": number, "page_size": 100, **chosen})
            yield from page["items"]
            if not page["has_next"]:
                return

    def base_id(self, name_or_id: str) -> str:
        """The id of the base with this name, display name or id. CliError, with what may be meant, if there is none."""
        bases = list(self.pages("/knowledge/bases"))
        for base in bases:
            if name_or_id in (base["name"], base["id"]) or names.is_same(name_or_id, base["display_name"]):
                return str(base["id"])
        known = [str(base["display_name"] or base["name"]) for base in bases]
        hint = _known_names(name_or_id, known) or f"voicehelper base create {shlex.quote(name_or_id)}"
        raise CliError(text("no_base", name=name_or_id), hint=hint, exit_code=EXIT_NOT_FOUND)

    def documents(self, base: str) -> list[dict[str, Any]]:
        """The current documents of the base with this name or id, or of all bases."""
        ids = [self.base_id(base)] if base else [str(item["id"]) for item in self.pages("/knowledge/bases")]
        return [item for base_id in ids for item in self.pages(f"/knowledge/bases/{base_id}/documents")]

    def document_id(self, name_or_id: str, base: str = "") -> str:
        """The id of the document with this file name or id. CliError, with what may be meant, if there is none."""
        if name_or_id.startswith("doc-"):
            return name_or_id
        documents = self.documents(base)
        found = [item for item in documents if names.is_same(item["filename"], name_or_id)]
        if len({item["knowledge_base_id"] for item in found}) > 1:
            shown = ", ".join(sorted({item["knowledge_base_id"] for item in found}))
            message = text("same_document", name=name_or_id, bases=shown)
            raise CliError(message, hint=text("name_base"), exit_code=EXIT_NOT_FOUND)
        if found:
            return str(found[0]["id"])  # the newest
        hint = _known_names(name_or_id, [item["filename"] for item in documents])
        raise CliError(text("no_document", name=name_or_id), hint=hint, exit_code=EXIT_NOT_FOUND)


def _known_names(name: str, known: Sequence[str]) -> str:
    """A hint at the names that are near, or else at some that there are; empty without any."""
    if close := names.nearest(name, known):
        return text("did_you_mean", names=", ".join(close))
    return text("existing", names=", ".join(known[:5])) if known else ""


def _is_waking(response: httpx.Response) -> bool:
    if response.status_code != 503:
        return False
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("code") == "DATABASE_STARTING"


def _pause_s(response: httpx.Response) -> float:
    seconds = response.headers.get("retry-after", "")
    return float(seconds) if seconds.isdigit() else WAKING_PAUSE_S


def _unreachable(url: str, error: Exception) -> CliError:
    message = text("unreachable", url=url, reason=type(error).__name__)
    return CliError(message, hint=text("start_service"), exit_code=EXIT_UNREACHABLE)


def _unexpected(response: httpx.Response) -> CliError:
    return CliError(text("unexpected", status=response.status_code), hint=text("check_address"))


def _readable_key(key: str) -> str:
    """CliError for what cannot be a key, before it is sent anywhere."""
    if _KEY.fullmatch(key := key.strip()):
        return key
    raise CliError(text("malformed_key"), hint=text("make_key"), exit_code=EXIT_SIGNED_OUT)


def _failure(response: httpx.Response, *, with_key: bool = False) -> CliError:
    try:
        body = response.json()
        message = str(body["message"])
    except (ValueError, KeyError, TypeError):
        return _unexpected(response)
    fields = (body.get("details") or {}).get("fields", [])
    if fields:
        message += ": " + "; ".join(f"{item['field']}: {item['message']}" for item in fields)
    if body.get("code") == "VOICE_NOT_CONFIGURED":  # waiting does not help
        return CliError(message, body=body)
    hint, code = _next_step(response)
    if body.get("code") == "INVALID_CREDENTIALS":  # the hint would be the command that was just typed
        hint = ""
    if response.status_code == 401 and with_key:
        hint = text("make_key")
    if response.status_code >= 500 and (reference := response.headers.get("x-request-id")):
        hint = " · ".join(filter(None, (hint, text("reference", id=reference))))
    return CliError(message, hint=hint, exit_code=code, body=body)


def _next_step(response: httpx.Response) -> tuple[str, int]:
    """The hint and the exit code for a failed response."""
    seconds = response.headers.get("retry-after", "")
    wait = text("wait_s", seconds=seconds) if seconds.isdigit() else text("wait")
    return {
        401: (text("sign_in"), EXIT_SIGNED_OUT),
        404: ("", EXIT_NOT_FOUND),
        429: (wait, EXIT_FAILED),
        503: (wait, EXIT_UNREACHABLE),
    }.get(response.status_code, ("", EXIT_FAILED))
