"""Transcribe and Polly as their documentation describes them, over real HTTP.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_GetTranscriptionJob.html
https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from voicehelper.adapters.transcribe import transcribe_job
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.aws_speech import AmazonTranscriber, PollySpeaker
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Sound, Utterance
from voicehelper.voice.decoding import decode

from tests.support.tones import heard, tones


def word(content: str, start: str, end: str, confidence: str = "0.9") -> dict[str, Any]:
    alternatives = [{"confidence": confidence, "content": content}]
    return {"type": "pronunciation", "alternatives": alternatives, "start_time": start, "end_time": end}


def stop(content: str) -> dict[str, Any]:
    return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": content}]}


TRANSCRIPT = {
    "jobName": "x",
    "accountId": "123456789012",
    "status": "COMPLETED",
    "results": {
        "language_code": "en-US",
        "transcripts": [{"transcript": "How long? Two years"}],
        "items": [
            word("How", "0.0", "0.31"), word("long", "0.31", "0.8", "0.5"), stop("?"),
            word("Two", "1.2", "1.5"), word("years", "1.5", "2.0"),
        ],
    },
}  # fmt: skip


class Bucket:
    """Implements ``Store``; writes the transcript where the job was told to."""

    bucket = "content"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, body: bytes, *, content_type: str = "") -> None:  # noqa: ARG002
        self.objects[key] = body

    def get(self, key: str) -> bytes:
        return self.objects[key]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What was asked, and the statuses that a job goes through."""
    state: dict[str, Any] = {"asked": [], "statuses": ["QUEUED", "IN_PROGRESS", "COMPLETED"], "polly": 200}

    class _Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            target = self.headers.get("x-amz-target", self.path)
            assert "AWS4-HMAC-SHA256" in self.headers["authorization"]
            state["asked"].append((target, body))
            status, answer = self._answer(target, body)
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _answer(self, target: str, body: dict[str, Any]) -> tuple[int, bytes]:
            if target == "/v1/speech":
                return state["polly"], tones(body["Text"][:8])
            statuses = state["statuses"]
            status = statuses.pop(0) if target == "Transcribe.GetTranscriptionJob" else "IN_PROGRESS"
            job = {"TranscriptionJobName": body["TranscriptionJobName"], "TranscriptionJobStatus": status}
            return 200, json.dumps({"TranscriptionJob": job}).encode()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_address[1]}")
    try:
        yield state
    finally:
        server.shutdown()


def test_a_job_is_asked_about_until_it_is_done(aws: dict[str, Any]) -> None:
    store, pauses = Bucket(), list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        [started] = [body for target, body in aws["asked"] if target == "Transcribe.StartTranscriptionJob"]
        store.objects[started["OutputKey"]] = json.dumps(TRANSCRIPT).encode()

    language, sentences = transcribe_job(b"RIFF", "wav", "", store, lambda: 20.0, pause)

    started = aws["asked"][0][1]
    assert started["IdentifyLanguage"] is True
    assert started["LanguageOptions"] == ["en-US", "zh-CN"]
    assert started["Media"]["MediaFileUri"].removeprefix("s3://content/") in store.objects
    assert len(pauses) == 2
    assert language == "en"
    assert [(sentence.text, sentence.start_s, sentence.end_s) for sentence in sentences] == [
        ("How long?", 0.0, 0.8),
        ("Two years", 1.2, 2.0),
    ]
    assert sentences[0].confidence == pytest.approx(0.7)


@pytest.mark.parametrize("statuses", [["FAILED"], ["IN_PROGRESS"] * 3], ids=["failed", "too late"])
def test_a_job_that_fails_or_lasts_is_given_up(aws: dict[str, Any], statuses: list[str]) -> None:
    aws["statuses"] = statuses

    with pytest.raises(UpstreamUnavailableError):
        AmazonTranscriber(Bucket()).transcribe(Sound(b"RIFF", "audio/wav"), "zh", Deadline.after(1.0))

    assert aws["asked"][0][1]["LanguageCode"] == "zh-CN"


def test_polly_speaks_samples_that_become_a_file(aws: dict[str, Any]) -> None:
    content = PollySpeaker("").speak(Utterance("Hello", "Joanna", format="wav"), Deadline.after(20))

    asked = aws["asked"][0][1]
    assert heard(decode(content)) == "Hello"
    assert (asked["Engine"], asked["VoiceId"], asked["OutputFormat"]) == ("neural", "Joanna", "pcm")
    assert asked["TextType"] == "text"


def test_a_rate_is_markup_and_the_text_is_not(aws: dict[str, Any]) -> None:
    PollySpeaker("standard").speak(Utterance("a < b", "Joanna", 1.2), Deadline.after(20))

    assert aws["asked"][0][1]["Text"] == '<speak><prosody rate="120%">a &lt; b</prosody></speak>'


def test_a_long_text_is_spoken_in_parts_that_end_with_a_sentence(aws: dict[str, Any]) -> None:
    text = "A sentence of some words. " * 150

    PollySpeaker("").speak(Utterance(text, "Joanna"), Deadline.after(30))

    parts = [body["Text"] for _, body in aws["asked"]]
    assert "".join(parts) == text
    assert max(map(len, parts)) <= 3000
    assert all(part.rstrip().endswith(".") for part in parts)


def test_a_refusal_is_an_error(aws: dict[str, Any]) -> None:
    aws["polly"] = 403

    with pytest.raises(UpstreamUnavailableError):
        PollySpeaker("").speak(Utterance("x", "Joanna"), Deadline.after(20))
