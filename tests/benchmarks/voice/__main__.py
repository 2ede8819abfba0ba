"""`make bench-voice`: where speech is found beside Silero's detector, and the word error rate of say → listen.

espeak-ng speaks sentences, between pauses of known length; both detectors look at the same samples, and the product's
own cut of them is what Whisper (tiny.en) hears, by the product's adapter. Edges are milliseconds, and the truth is
where the sound of the sentence begins and ends; noise is white, by its level below the speech. Seconds are CPU time.
"""

from __future__ import annotations

import array
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from voicehelper.models.offline.espeak import EspeakSpeaker
from voicehelper.models.offline.sound_files import wav_file
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Utterance
from voicehelper.voice.activity import Stretch, cut, duration_ms, find_speech, padded
from voicehelper.voice.decoding import BYTES_PER_MS, RATE, decode
from voicehelper.voice.spoken.reading import spoken_form

from infra.local.paths import LOCAL, ROOT

PYTHON: Final = LOCAL / "voice-peers" / "bin" / "python"
SENTENCES: Final = (
    "The warranty of the boiler lasts 24 months.",
    "The filter is changed every 3 months.",
    "How many days of annual leave do I have after 2 years?",
    "The meeting room is on the second floor, next to the kitchen.",
    "Please send the invoice to the finance department by Friday.",
)
NOISES: Final = (None, 20, 10)  # decibels below the speech
_LOUD: Final = 200


def main() -> int:
    if not shutil.which("espeak-ng") or not PYTHON.exists():
        sys.stdout.write("espeak-ng or the peers are not installed: apt-get install espeak-ng; make bench-voice\n")
        return 0
    spoken = [spoken_form(text, "en") for text in SENTENCES]
    voices = [
        decode(EspeakSpeaker().speak(Utterance(text, "en-us", format="wav"), Deadline.after(20))) for text in spoken
    ]
    for noise in NOISES:
        recording, truth = with_pauses(voices, noise)
        report(f"noise {'none' if noise is None else f'-{noise} dB'}", recording, truth, spoken)
    return 0


def with_pauses(voices: Sequence[bytes], noise_db: int | None) -> tuple[bytes, list[Stretch]]:
    """The sentences with 0.9 s between them, and where each one's sound is."""
    whole, truth = bytes(900 * BYTES_PER_MS), []
    for voice in voices:
        values = array.array("h", voice)
        loud = [index for index, value in enumerate(values) if abs(value) > _LOUD]
        start = duration_ms(whole)
        truth.append(Stretch(start + loud[0] // 16, start + loud[-1] // 16))
        whole += voice + bytes(900 * BYTES_PER_MS)
    return (whole if noise_db is None else noisy(whole, noise_db)), truth


def noisy(samples: bytes, below_db: int) -> bytes:
    values, source = array.array("h", samples), random.Random(7)
    level = max(1.0, (fmean(value * value for value in values if value) ** 0.5) * 10 ** (-below_db / 20))
    return array.array("h", [max(-32_768, min(32_767, int(v + source.gauss(0, level)))) for v in values]).tobytes()


def report(name: str, recording: bytes, truth: Sequence[Stretch], spoken: Sequence[str]) -> None:
    started = time.process_time()
    ours = find_speech(recording)
    vad_s = time.process_time() - started
    sent = cut(recording, padded(ours, duration_ms(recording)))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, "whole.wav"), Path(folder, "sent.wav")]
        files[0].write_bytes(wav_file(recording, RATE))
        files[1].write_bytes(wav_file(sent, RATE))
        whole, cut_out = peers(files)
    silero = [Stretch(*pair) for pair in whole["speech"]]
    words = " ".join(spoken)
    sys.stdout.write(
        f"{name}: {duration_ms(recording) / 1000:.1f} s, {len(truth)} sentences\n"
        f"  webrtcvad  {edges(ours, truth)}, {vad_s:.3f} s\n"
        f"  Silero     {edges(silero, truth)}, {whole['vad_s']:.3f} s\n"
        f"  one from the other {edges(ours, silero)}\n"
        f"  word error rate {error_rate(words, cut_out['text']):.3f} of what is sent ({len(sent) / len(recording):.2f} of"
        f" the recording), {error_rate(words, whole['text']):.3f} of all of it\n"
    )


def peers(files: Sequence[Path]) -> list[dict[str, Any]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "shared"), "OMP_NUM_THREADS": "1"}
    script = Path(__file__).with_name("peer.py")
    done = subprocess.run(
        [PYTHON, script], input=json.dumps(list(map(str, files))), capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def edges(found: Sequence[Stretch], truth: Sequence[Stretch]) -> str:
    if len(found) != len(truth):
        return f"{len(found)} of {len(truth)} stretches"
    starts = [abs(one.start_ms - other.start_ms) for one, other in zip(found, truth, strict=True)]
    ends = [abs(one.end_ms - other.end_ms) for one, other in zip(found, truth, strict=True)]
    return f"{len(found)} of {len(truth)}, begins within {fmean(starts):.0f} ms (at most {max(starts)}), " \
           f"ends within {fmean(ends):.0f} (at most {max(ends)})"  # fmt: skip


def error_rate(said: str, heard: str) -> float:
    """Changed, missing and added words, by the number of words."""
    one, other = _words(said), _words(heard)
    row = list(range(len(other) + 1))
    for number, word in enumerate(one, 1):
        above, row[0] = row[0], number
        for place, against in enumerate(other, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (word != against))
    return row[-1] / len(one)


def _words(text: str) -> list[str]:
    """A recogniser writes figures where somebody has said words."""
    return re.findall(r"[a-z]+", spoken_form(text, "en").lower())


if __name__ == "__main__":
    raise SystemExit(main())
