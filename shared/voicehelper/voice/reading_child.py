"""The child process of ``reading``: decodes one recording, finds its speech, and writes what a recogniser should hear.

Run as a module, with a JSON request in the standard input and the JSON answer in the standard output.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

import av
import webrtcvad

from voicehelper.errors import RejectedError
from voicehelper.ingestion.restrictions import restrict_process
from voicehelper.ingestion.sandbox import EXIT_OUT_OF_MEMORY
from voicehelper.models.offline.sound_files import OPUS, encoded, wav_file
from voicehelper.voice.activity import cut, duration_ms, find_speech, padded
from voicehelper.voice.decoding import RATE, decode

_LOADED: Final = (av, webrtcvad)  # before this process may not read files any more
# Lambda takes and returns 6 MB, a third of which base64 adds.
_MOST_WAV_BYTES: Final = 4_000_000


def main() -> int:
    request = json.loads(sys.stdin.buffer.read())
    av.logging.set_level(None)
    restrict_process(memory_limit_bytes=request["memory_limit_bytes"], cpu_limit_s=request["cpu_limit_s"])
    try:
        answer = _read(Path(request["source_path"]).read_bytes(), request["sound_path"])
    except RejectedError as error:
        answer = {"reason": error.reason, "explanation": str(error)}
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    sys.stdout.write(json.dumps(answer))
    return 0


def _read(content: bytes, sound_path: str) -> dict[str, Any]:
    samples = decode(content)
    speech = find_speech(samples)
    parts = padded(speech, duration_ms(samples)) if sound_path else []
    media_type = _write_sound(cut(samples, parts), Path(sound_path)) if parts else ""
    return {
        "duration_ms": duration_ms(samples),
        "speech": [(stretch.start_ms, stretch.end_ms) for stretch in speech],
        "parts": [(part.start_ms, part.end_ms) for part in parts],
        "media_type": media_type,
    }


def _write_sound(samples: bytes, path: Path) -> str:
    """WAV, which every recogniser reads; Opus for what would not travel as WAV."""
    if len(samples) <= _MOST_WAV_BYTES:
        path.write_bytes(wav_file(samples, RATE))
        return "audio/wav"
    path.write_bytes(encoded(samples, OPUS, RATE))
    return "audio/ogg"


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # no cleanup of libraries that a hostile file may have confused
