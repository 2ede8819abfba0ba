"""Stores the tokens or the API key of each service address in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Session:
    """The tokens or the key for one service address; empty strings mean signed out."""

    url: str
    email: str = ""
    access_token: str = ""
    refresh_token: str = ""
    api_key: str = ""

    def with_tokens(self, access_token: str, refresh_token: str) -> Session:
        return replace(self, access_token=access_token, refresh_token=refresh_token)


def config_file(name: str) -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/"""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "voicehelper" / name


def session_file() -> Path:
    return config_file("sessions.json")


def load(url: str) -> Session:
    """The stored session; a signed-out one if nothing readable is stored for the address."""
    try:
        return Session(**_all().get(url, {"url": url}))
    except TypeError:
        return Session(url)


def save(session: Session) -> None:
    write_privately(session_file(), json.dumps(_all() | {session.url: asdict(session)}, indent=1))


def write_privately(path: Path, content: str) -> None:
    """Replaces the file atomically, so that a command running at the same time never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # created with mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    Path(temporary).replace(path)


def _all() -> dict[str, dict[str, str]]:
    try:
        return dict(json.loads(session_file().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
