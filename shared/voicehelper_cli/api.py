"""The service over HTTP: tokens renewed by themselves, every failure a sentence with the next step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx

from voicehelper_cli import session as sessions
from voicehelper_cli.session import Session
from voicehelper_cli.texts import language, text

# What a request can carry; larger files go to storage directly.
INLINE_BYTES: Final = 4_000_000

EXIT_FAILED: Final = 1
EXIT_SIGNED_OUT: Final = 3
EXIT_NOT_FOUND: Final = 4
EXIT_UNREACHABLE: Final = 5
EXIT_DOCUMENT_FAILED: Final = 6


class CliError(Exception):
    """A sentence for a person and an exit code for a script."""

    def __init__(self, message: str, *, hint: str = "", exit_code: int = EXIT_FAILED, body: Any = None) -> None:
        super().__init__(message)
        self.hint, self.exit_code, self.body = hint, exit_code, body


class Api:
    """Calls of one user; the locale's language is sent as Accept-Language."""

    def __init__(self, url: str) -> None:
        self.session = sessions.load(url)
        try:
            self._http = httpx.Client(base_url=url, timeout=60, headers={"accept-language": language()})
        except httpx.InvalidURL as error:
            raise _unreachable(url, error) from error

    def call(self, method: str, path: str, **more: Any) -> Any:
        """The decoded answer, None for an empty one; CliError for anything but success."""
        response = self._send(method, path, **more)
        if response.status_code == 401 and self.session.refresh_token and self._renew():
            response = self._send(method, path, **more)
        if not response.is_success:
            raise _failure(response)
        try:
            return response.json() if response.content else None
        except ValueError:
            raise _foreign(response) from None

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        token = self.session.access_token
        headers = {"authorization": f"Bearer {token}"} if token else {}
        try:
            return self._http.request(method, f"/api/v1{path}", headers=headers, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(self.session.url, error) from error

    def _renew(self) -> bool:
        kept = sessions.load(self.session.url)
        if kept.access_token != self.session.access_token:  # a command running beside this one was faster
            self.session = kept
            return bool(kept.access_token)
        answer = self._send("POST", "/auth/refresh", json={"refresh_token": self.session.refresh_token})
        if not answer.is_success:
            return False
        pair = answer.json()
        self._keep(self.session.with_tokens(pair["access_token"], pair["refresh_token"]))
        return True

    def _keep(self, session: Session) -> None:
        self.session = session
        sessions.save(session)

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        self.session = Session(self.session.url)
        answer = self.call("POST", "/auth/login", json={"email": email, "password": password})
        self._keep(Session(self.session.url, email, answer["access_token"], answer["refresh_token"]))
        return dict(answer["user"])

    def sign_out(self) -> None:
        """Also of a session the service has already ended."""
        try:
            self.call("POST", "/auth/logout")
        except CliError as error:
            if error.exit_code != EXIT_SIGNED_OUT:
                raise
        self._keep(Session(self.session.url))

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        page = 1
        while True:
            answer = self.call("GET", path, params={"page": page, "page_size": 100})
            yield from answer["items"]
            if not answer["has_next"]:
                return
            page += 1

    def base_id(self, name_or_id: str) -> str:
        """A base by its name or id; CliError with the names there are."""
        bases = list(self.pages("/knowledge/bases"))
        for base in bases:
            if name_or_id in (base["name"], base["id"]):
                return str(base["id"])
        known = ", ".join(base["name"] for base in bases) or text("none_yet")
        raise CliError(
            text("no_base", name=name_or_id, known=known),
            hint=f"voicehelper base create {name_or_id}",
            exit_code=EXIT_NOT_FOUND,
        )

    def upload(self, base_id: str, path: Path) -> str:
        """The document's id; a large file goes to storage directly."""
        target = f"/knowledge/bases/{base_id}/documents"
        try:
            if path.stat().st_size <= INLINE_BYTES:
                files = {"file": (path.name, path.read_bytes())}
                return str(self.call("POST", target, files=files, data={"metadata": "{}"})["document_id"])
            form = self.call("POST", target, json=_announcement(path))
            _store(form, path)
        except OSError as error:
            raise CliError(text("unreadable", path=path, reason=error.strerror)) from error
        return str(form["document_id"])


def _announcement(path: Path) -> dict[str, Any]:
    """The digest lets the service know a file that is already there, so that sending it again changes nothing."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"filename": path.name, "size_bytes": path.stat().st_size, "sha256": digest}


def _store(form: dict[str, Any], path: Path) -> None:
    """Send the form the service answered with."""
    try:
        with path.open("rb") as stream:
            sent = httpx.post(form["upload_url"], data=form["fields"], files={"file": stream}, timeout=600)
    except httpx.HTTPError as error:
        reason = text("storage_silent", name=path.name, reason=type(error).__name__)
        raise CliError(reason, hint=text("upload_again"), exit_code=EXIT_UNREACHABLE) from error
    if not sent.is_success:
        reason = text("storage_refused", name=path.name, status=sent.status_code)
        raise CliError(reason, hint=text("upload_again"))


def _unreachable(url: str, error: Exception) -> CliError:
    message = text("unreachable", url=url, reason=type(error).__name__)
    return CliError(message, hint=text("start_it"), exit_code=EXIT_UNREACHABLE)


def _foreign(response: httpx.Response) -> CliError:
    return CliError(text("unexpected", status=response.status_code), hint=text("is_it_us"))


def _failure(response: httpx.Response) -> CliError:
    try:
        body = response.json()
        message = str(body["message"])
    except (ValueError, KeyError, TypeError):
        return _foreign(response)
    fields = (body.get("details") or {}).get("fields", [])
    if fields:
        message += ": " + "; ".join(f"{item['field']}: {item['message']}" for item in fields)
    hint, code = _next_step(response)
    return CliError(message, hint=hint, exit_code=code, body=body)


def _next_step(response: httpx.Response) -> tuple[str, int]:
    """What to do about a refusal, and its exit code."""
    seconds = response.headers.get("retry-after", "")
    wait = text("wait_s", seconds=seconds) if seconds.isdigit() else text("wait")
    return {
        401: (text("sign_in"), EXIT_SIGNED_OUT),
        404: ("", EXIT_NOT_FOUND),
        429: (wait, EXIT_FAILED),
        503: (wait, EXIT_UNREACHABLE),
    }.get(response.status_code, ("", EXIT_FAILED))
