"""Who is signed in where: one small file only its owner can read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Session:
    """Tokens of one service address; empty strings mean signed out."""

    url: str
    email: str = ""
    access_token: str = ""
    refresh_token: str = ""

    def with_tokens(self, access_token: str, refresh_token: str) -> Session:
        return replace(self, access_token=access_token, refresh_token=refresh_token)


def session_file() -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/"""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "voicehelper" / "sessions.json"


def load(url: str) -> Session:
    return Session(**_all().get(url, {"url": url}))


def save(session: Session) -> None:
    path = session_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    everything = _all() | {session.url: asdict(session)}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(everything, stream, indent=1)


def _all() -> dict[str, dict[str, str]]:
    try:
        return dict(json.loads(session_file().read_text("utf-8")))
    except (OSError, ValueError):
        return {}
