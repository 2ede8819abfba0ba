"""A server that speaks OpenAI's audio protocol, strictly: https://platform.openai.com/docs/api-reference/audio.

It speaks in tones (``tones``) and hears nothing else, so what it is sent has to be what it, or a test, has said.
"""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import io
import json
import re
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from voicehelper.models.offline.sound_files import MP3, OPUS, encoded, wav_file
from voicehelper.voice.decoding import decode

from tests.support.tones import RATE, heard, tones

_TYPES: Final = {"mp3": "audio/mpeg", "opus": "audio/ogg", "wav": "audio/wav"}
_SENTENCE: Final = re.compile(r"[^.!?。！？]+[.!?。！？]?")


class RefusedError(Exception):
    """What the protocol does not allow."""


@dataclass
class SpeechServer:
    """``requests`` is what arrived: path, key and fields; ``status`` other than 200 is what everything is answered."""

    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    transcript: dict[str, Any] | None = None  # instead of what is heard
    is_mute: bool = False  # refuses to speak


@contextlib.contextmanager
def speech_server() -> Iterator[SpeechServer]:
    state = SpeechServer()

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                kind, answer = self._answer(body)
                status = 401 if state.is_mute and self.path.endswith("speech") else state.status
            except RefusedError as error:
                status, kind, answer = 400, "application/json", json.dumps({"error": {"message": str(error)}}).encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _answer(self, body: bytes) -> tuple[str, bytes]:
            routes = {"/v1/audio/transcriptions": _transcribe, "/v1/audio/speech": _speak}
            if self.path not in routes:
                raise RefusedError(f"no such path: {self.path}")
            fields = _fields(self.headers["content-type"], body)
            state.requests.append({"path": self.path, "key": self.headers["authorization"], **fields})
            return routes[self.path](fields, state)

        def log_message(self, *_: Any) -> None:
            """Keep the output of the tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.startswith("application/json"):
        return dict(json.loads(body))
    if not content_type.startswith("multipart/form-data; boundary="):
        raise RefusedError(content_type)
    whole = b"content-type: " + content_type.encode() + b"\r\n\r\n" + body
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(whole)
    if message.defects or not message.is_multipart():
        raise RefusedError(f"malformed form: {message.defects}")
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        fields[name] = (part.get_filename(), part.get_content_type(), content) if name == "file" else content.decode()
    return fields


def _transcribe(fields: dict[str, Any], state: SpeechServer) -> tuple[str, bytes]:
    if unknown := set(fields) - {"file", "model", "language", "response_format"}:
        raise RefusedError(f"unknown fields: {unknown}")
    if fields.get("response_format") != "verbose_json" or not fields.get("model"):
        raise RefusedError("model and verbose_json are needed")
    if fields.get("language", "en") not in ("en", "zh"):
        raise RefusedError(f"no language {fields['language']}")
    filename, kind, content = fields["file"]
    samples = _samples(filename, kind, content)
    if state.transcript is not None:
        return "application/json", json.dumps(state.transcript).encode()
    text = heard(samples)
    language = "chinese" if re.search(r"[\u4e00-\u9fff]", text) else "english"
    seconds = len(samples) / 2 / RATE
    answer = {"task": "transcribe", "language": language, "duration": seconds, "text": text}
    return "application/json", json.dumps(answer | {"segments": _segments(text, seconds)}).encode()


def _samples(filename: str, kind: str, content: bytes) -> bytes:
    if (filename.rpartition(".")[2], kind) == ("wav", "audio/wav"):
        with wave.open(io.BytesIO(content)) as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                raise RefusedError("not 16 kHz mono")
            return bytes(file.readframes(file.getnframes()))
    if (filename.rpartition(".")[2], kind) == ("ogg", "audio/ogg"):
        return decode(content)
    raise RefusedError(f"{filename}: {kind}")


def _segments(text: str, seconds: float) -> list[dict[str, Any]]:
    """A sentence each, as long as its share of the text."""
    segments, at = [], 0
    for number, found in enumerate(_SENTENCE.finditer(text)):
        start, at = at, found.end()
        times = {"start": seconds * start / len(text), "end": seconds * at / len(text)}
        rest = {"avg_logprob": -0.105, "no_speech_prob": 0.01, "compression_ratio": 1.0, "temperature": 0.0}
        segments.append({"id": number, "seek": 0, "text": f" {found[0].strip()}", "tokens": [], **times, **rest})
    return segments


def _speak(fields: dict[str, Any], _state: SpeechServer) -> tuple[str, bytes]:
    if unknown := set(fields) - {"model", "voice", "input", "response_format", "speed"}:
        raise RefusedError(f"unknown fields: {unknown}")
    if not (fields.get("model") and fields.get("voice") and 0 < len(fields.get("input", "")) <= 4096):
        raise RefusedError("model, voice and an input of 1 to 4096 characters are needed")
    if not 0.25 <= fields.get("speed", 1) <= 4:
        raise RefusedError("speed is 0.25 to 4")
    samples = tones(fields["input"])
    kind = fields.get("response_format", "mp3")
    if kind == "wav":
        return _TYPES[kind], wav_file(samples, RATE)
    return _TYPES[kind], encoded(samples, OPUS if kind == "opus" else MP3, RATE)
