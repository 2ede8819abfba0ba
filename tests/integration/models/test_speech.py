"""Speech by OpenAI's protocol over real HTTP, and by programs of this machine where they are installed."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.audio_length import duration_ms
from voicehelper.models.catalogue import SpeechModel, TranscriptionModel
from voicehelper.models.offline.espeak import EspeakSpeaker
from voicehelper.models.offline.sound_files import OPUS, encoded, wav_file
from voicehelper.models.openai.audio import OpenAISpeaker, OpenAITranscriber, language_code
from voicehelper.models.openai.client import make_client
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Format, Sound, SpeechCall, SpeechModels, Transcription, Utterance, answer_speech
from voicehelper.voice.activity import find_speech
from voicehelper.voice.decoding import decode

from tests.support.speech_server import SpeechServer, speech_server
from tests.support.tones import RATE, heard, tones

HEARS = TranscriptionModel(provider="main", model="whisper-1")
SPEAKS = SpeechModel(provider="main", model="tts-1")
SPEECH = Sound(wav_file(tones("Hello. You."), RATE), "audio/wav")


@pytest.fixture(scope="module")
def server() -> Iterator[SpeechServer]:
    with speech_server() as running:
        yield running


def transcriber(base_url: str) -> OpenAITranscriber:
    return OpenAITranscriber(make_client(base_url, "sk-x"), HEARS)


@pytest.mark.parametrize(
    ("sound", "language"),
    [(SPEECH, "en"), (SPEECH, ""), (Sound(encoded(tones("Hello. You."), OPUS, RATE), "audio/ogg"), "")],
    ids=["wav", "any language", "ogg"],
)
def test_segments_come_with_times_and_confidence(server: SpeechServer, sound: Sound, language: str) -> None:
    found = transcriber(server.base_url).transcribe(sound, language, Deadline.after(20))

    assert found.language == "en"
    assert [part.text for part in found.segments] == ["Hello.", "You."]
    assert found.segments[0].end_s == pytest.approx(found.segments[1].start_s)
    assert found.segments[0].confidence == pytest.approx(0.9, abs=0.01)
    assert server.requests[-1].get("language", "") == language


@pytest.mark.parametrize("target", ["wav", "mp3", "ogg"])
def test_speech_comes_in_the_format_that_was_asked_for(server: SpeechServer, target: Format) -> None:
    speaker = OpenAISpeaker(make_client(server.base_url, "sk-x"), SPEAKS)

    content = speaker.speak(Utterance("Hello", "alloy", 1.5, format=target), Deadline.after(20))

    assert heard(decode(content)) == "Hello"
    assert server.requests[-1]["speed"] == 1.5
    assert duration_ms(content) == pytest.approx(len(tones("Hello")) / 32, abs=120)


def transcribed(server: SpeechServer, transcript: dict[str, Any], status: int = 200) -> Transcription:
    server.transcript, server.status = transcript, status
    try:
        return transcriber(server.base_url).transcribe(SPEECH, "", Deadline.after(2))
    finally:
        server.transcript, server.status = None, 200


def test_what_a_silent_passage_makes_a_recogniser_invent_is_left_out(server: SpeechServer) -> None:
    segments = [
        {"start": 0, "end": 1, "text": " Yes.", "avg_logprob": -0.2, "no_speech_prob": 0.1},
        {"start": 1, "end": 9, "text": " Thanks for watching!", "avg_logprob": -1.4, "no_speech_prob": 0.9},
    ]

    found = transcribed(server, {"text": "Yes. Thanks for watching!", "language": "en", "segments": segments})

    assert [part.text for part in found.segments] == ["Yes."]


def test_a_server_without_segments_tells_no_confidence(server: SpeechServer) -> None:
    found = transcribed(server, {"text": " All of it "})

    assert found.language == ""
    assert [(part.text, part.confidence) for part in found.segments] == [("All of it", 0.0)]


@pytest.mark.parametrize(
    ("transcript", "status"),
    [({}, 200), ({"text": "x", "segments": [{"start": "NaN", "end": 1, "text": "x"}]}, 200), ({"text": "x"}, 401)],
    ids=["no text", "no time", "refused"],
)
def test_a_server_that_answers_something_else_is_away(
    server: SpeechServer, transcript: dict[str, Any], status: int
) -> None:
    with pytest.raises(UpstreamUnavailableError):
        transcribed(server, transcript, status)


@pytest.mark.parametrize(
    ("name", "code"), [("english", "en"), ("chinese", "zh"), ("zh-CN", "zh"), ("fr", "fr"), (None, "")]
)
def test_languages_are_named_by_word_or_code(name: str | None, code: str) -> None:
    assert language_code(name) == code


@pytest.mark.parametrize(("must_store", "key"), [(False, ""), (True, "voice/x.wav")])
def test_speech_goes_to_the_store_where_it_must(server: SpeechServer, must_store: bool, key: str) -> None:
    stored: dict[str, tuple[bytes, str]] = {}
    speaker = OpenAISpeaker(make_client(server.base_url, ""), SPEAKS)
    models = SpeechModels(
        "main",
        lambda: transcriber(server.base_url),
        lambda: speaker,
        lambda key, content, kind: stored.update({key: (content, kind)}),
    )
    call = SpeechCall(
        task="speak", within_s=20, text="Hello", voice="alloy", format="wav", key=key, must_store=must_store
    )

    reply = answer_speech(call, models)

    content = stored[key][0] if must_store else base64.b64decode(reply.sound)
    assert bool(reply.sound) != must_store
    assert heard(decode(content)) == "Hello"
    assert reply.duration_ms == duration_ms(content)


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
@pytest.mark.parametrize(("voice", "text"), [("en", "How many days of leave?"), ("cmn", "年假有多少天？")])
@pytest.mark.parametrize("target", ["wav", "mp3", "ogg"])
def test_espeak_speaks_both_languages(voice: str, text: str, target: Format) -> None:
    slow = EspeakSpeaker().speak(Utterance(text, voice, 0.7, format=target), Deadline.after(20))
    fast = EspeakSpeaker().speak(Utterance(text, voice, 1.5, format=target), Deadline.after(20))

    assert find_speech(decode(slow))
    assert duration_ms(slow) > 1.3 * duration_ms(fast) > 0
