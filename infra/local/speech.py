"""`make run SPEECH=…`: what hears and speaks on this machine, as entries of the model catalogue."""

from __future__ import annotations

from typing import Any, Final

from infra.local.processes import StackError

ESPEAK: Final = "espeak-ng"


def with_speech(models: dict[str, Any] | None, named: str) -> dict[str, Any] | None:
    """The catalogue, and in it espeak-ng, which speaks, or the address of a server, which hears and speaks by OpenAI's
    protocol. What the catalogue names itself stays.
    """
    if not named:
        return models
    given = dict(models or {})
    if named == ESPEAK:
        return {"providers": {}, "speech": {"provider": ESPEAK}, **given}
    if not named.startswith(("http://", "https://")):
        raise StackError(f"SPEECH is {ESPEAK} or the address of a server, as http://127.0.0.1:8000/v1; not {named}")
    providers = {"local-speech": {"base_url": named}, **given.get("providers", {})}
    hears = {"provider": "local-speech", "model": "whisper-1"}
    speaks = {"provider": "local-speech", "model": "tts-1"}
    return {"transcription": hears, "speech": speaks, **given, "providers": providers}
