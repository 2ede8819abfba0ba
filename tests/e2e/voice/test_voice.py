"""Speech over HTTP on the running product, with a double of a hosted speech service that hears what really arrives."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from voicehelper.models.offline.sound_files import Coding, encoded, wav_file

from tests.support.client import Client
from tests.support.product import Product
from tests.support.speech_server import SpeechServer
from tests.support.tones import RATE, heard, silence, tones

PREFIX = "/api/v1/voice"
MANUAL = "# Warranty\n\nThe warranty of the boiler lasts 24 months.\n\n# Care\n\nThe filter is changed every 3 months."
QUESTION = "How long does the warranty of the boiler last?"
WEBM = Coding("webm", "libopus", 48_000, 32_000)


@pytest.fixture(scope="module")
def speech(product: Product) -> SpeechServer:
    if product.speech is None:
        pytest.skip("the product was started elsewhere, with models of its own")
    return product.speech


@pytest.fixture(scope="module")
def kb_id(client: Client) -> str:
    return client.create_base_of("boilers", "manual.md", MANUAL)


def said(text: str) -> bytes:
    """As Chrome records it, with a pause before and after."""
    return encoded(silence(0.6) + tones(text) + silence(0.6), WEBM, RATE)


def post(client: Client, path: str, content: bytes, headers: dict[str, str] | None = None, **fields: str) -> Any:
    files = {"file": ("question.webm", content, "audio/webm")}
    return client.call("POST", f"{PREFIX}/{path}", files=files, data=fields, headers=headers)


def test_what_is_said_is_heard_and_what_is_heard_can_be_said(client: Client, speech: SpeechServer) -> None:
    spoken = client.call("POST", f"{PREFIX}/tts", json={"text": f"**{QUESTION}** [1]", "format": "wav"})
    listened = post(client, "asr", spoken.content, language="en").json()
    voices = client.json("GET", f"{PREFIX}/voices")

    assert (spoken.status_code, spoken.headers["content-type"]) == (200, "audio/wav")
    assert spoken.headers["x-provider"] == "speech"
    assert int(spoken.headers["x-duration-ms"]) == pytest.approx(listened["duration_ms"], abs=2)
    assert (listened["text"], listened["language"]) == (QUESTION, "en")
    assert [segment["text"] for segment in listened["segments"]] == [QUESTION]
    assert listened["confidence"] == pytest.approx(0.9, abs=0.01)
    assert "alloy" in [voice["id"] for voice in voices["items"]]
    assert {request["key"] for request in speech.requests} == {"Bearer sk-speech"}
    assert client.json("GET", "/api/v1/usage?by=model")["total"]["cost_usd"] > 0


def test_a_spoken_question_is_answered_aloud_with_its_sources_once(
    client: Client, speech: SpeechServer, kb_id: str
) -> None:
    key = {"idempotency-key": "turn-1"}

    recording = said(QUESTION)

    first = post(client, "turn", recording, key, kb_id=kb_id, format="wav")
    asked = len(speech.requests)
    again = post(client, "turn", recording, key, kb_id=kb_id, format="wav")

    turn = first.json()
    assert first.status_code == 200, first.text
    assert turn["question"]["text"] == QUESTION
    assert "24 months" in turn["answer"]["answer"]
    assert turn["answer"]["sources"][0]["filename"] == "manual.md"
    assert turn["audio_format"] == "wav"
    assert len(speech.requests) == asked
    assert again.json() == turn
    read_aloud = httpx.get(turn["audio_url"]).content
    assert heard(read_aloud[44:]) == speech.requests[-1]["input"]
    assert "twenty-four months" in speech.requests[-1]["input"]
    assert "[" not in speech.requests[-1]["input"]


def test_a_conversation_goes_on_by_voice_and_is_its_owners(
    client: Client, product: Product, speech: SpeechServer, kb_id: str
) -> None:
    conversation = client.json("POST", "/api/v1/conversations", json={"title": "x", "kb_id": kb_id})["id"]
    recording = said("How often is the filter changed?")

    turn = post(client, "turn", recording, conversation_id=conversation).json()
    asked = len(speech.requests)
    foreign = post(Client(product.base_url), "turn", recording, conversation_id=conversation)
    foreign_base = post(Client(product.base_url), "turn", recording, kb_id=kb_id)
    both = post(client, "turn", recording, conversation_id=conversation, kb_id=kb_id)

    messages = client.json("GET", f"/api/v1/conversations/{conversation}/messages")["items"]
    assert [message["role"] for message in messages] == ["assistant", "user"]
    assert messages[1]["content"] == turn["question"]["text"]
    assert turn["answer"]["content"] == messages[0]["content"]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "CONVERSATION_NOT_FOUND")
    assert (foreign_base.status_code, foreign_base.json()["code"]) == (404, "KNOWLEDGE_BASE_NOT_FOUND")
    assert (both.status_code, both.json()["code"]) == (422, "TURN_TARGET")
    assert len(speech.requests) == asked  # nothing is heard of what may not be asked


def test_an_answer_that_nobody_reads_aloud_is_given_in_writing(
    client: Client, speech: SpeechServer, kb_id: str
) -> None:
    speech.is_mute = True
    try:
        turn = post(client, "turn", said("How long does the warranty last?"), kb_id=kb_id)
    finally:
        speech.is_mute = False

    assert turn.status_code == 200, turn.text
    assert turn.json()["audio_url"] is None
    assert "24 months" in turn.json()["answer"]["answer"]


def test_long_speech_lies_where_no_token_is_needed(client: Client, speech: SpeechServer) -> None:
    text = "The filter is changed every season. " * 28

    spoken = client.call("POST", f"{PREFIX}/tts", json={"text": text, "format": "wav"})
    stored = httpx.get(spoken.headers["location"])

    assert spoken.status_code == 303
    assert len(stored.content) > 4_000_000
    assert stored.headers["content-type"] == "audio/wav"
    assert int(spoken.headers["x-duration-ms"]) == pytest.approx((len(stored.content) - 44) / 32, abs=1)
    assert heard(stored.content[44:200_000]).startswith("The filter ")


def test_speech_is_found_between_pauses_and_silence_is_none(client: Client) -> None:
    talk = tones("one sentence")
    content = wav_file(silence(1) + talk + silence(1) + talk + silence(1), RATE)

    found = post(client, "vad", content).json()
    silent = post(client, "vad", wav_file(silence(2), RATE)).json()
    nothing_heard = post(client, "asr", wav_file(silence(2), RATE))

    assert len(found["segments"]) == 2
    assert found["segments"][0]["start_ms"] == pytest.approx(1000, abs=60)
    assert 0 < found["speech_ratio"] < 1
    assert silent == {"segments": [], "speech_ratio": 0.0, "duration_ms": 2000}
    assert (nothing_heard.status_code, nothing_heard.json()["code"]) == (422, "NO_SPEECH")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "EMPTY_FILE"),
        (b"%PDF-1.7 no sound", 422, "AUDIO_UNREADABLE"),
        (b"\x1aE\xdf\xa3" + bytes(5000), 422, "AUDIO_UNREADABLE"),
        (b"\0" * 4_600_000, 413, "PAYLOAD_TOO_LARGE"),
    ],
    ids=["empty", "no audio", "damaged", "too large"],
)
def test_what_cannot_be_heard_is_refused_with_a_code(client: Client, content: bytes, status: int, code: str) -> None:
    refused = post(client, "asr", content)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
