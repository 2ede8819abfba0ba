"""Speech by the program espeak-ng, where the operator has installed it: nothing leaves the machine.

A program of its own, called with the text in its input: its licence is the GPL. https://github.com/espeak-ng/espeak-ng
"""

from __future__ import annotations

import functools
import io
import shutil
import subprocess
import wave
from typing import Final

from voicehelper.errors import UpstreamUnavailableError
from voicehelper.models.offline.sound_files import MP3, OPUS, encoded, wav_file
from voicehelper.models.protocols import Deadline
from voicehelper.models.speech import Utterance

PROGRAM: Final = "espeak-ng"
_WORDS_A_MINUTE: Final = 160
_USUAL_PITCH: Final = 50  # of 0 … 99


class EspeakSpeaker:
    """Implements ``Speaker``. Formats but WAV need FFmpeg, which the functions' layers hold where recordings are read;
    a deployment that speaks by this program has it on its own machine.
    """

    def speak(self, utterance: Utterance, deadline: Deadline) -> bytes:
        speed = round(_WORDS_A_MINUTE * utterance.rate)
        pitch = min(99, max(0, _USUAL_PITCH + utterance.pitch_hz // 2))
        options = ["-v", utterance.voice, "-s", str(speed), "-p", str(pitch), "-b", "1", "--stdin", "--stdout"]
        return converted(_run(options, utterance.text.encode(), deadline), utterance.format)


def converted(wav: bytes, target: str) -> bytes:
    """The WAV that the program streamed, with a true length; or the same in another format."""
    with wave.open(io.BytesIO(wav)) as file:
        rate, samples = file.getframerate(), file.readframes(len(wav))
    if target == "wav":
        return wav_file(samples, rate)
    try:
        return encoded(samples, OPUS if target == "ogg" else MP3, rate)
    except ImportError as error:
        raise UpstreamUnavailableError(f"{PROGRAM} speaks WAV alone where FFmpeg is not installed") from error


@functools.cache
def _program() -> str:
    if path := shutil.which(PROGRAM):
        return path
    raise UpstreamUnavailableError(f"{PROGRAM} is not installed")


def _run(options: list[str], text: bytes, deadline: Deadline) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  (fixed options; the text is its input)
            [_program(), *options],
            input=text,
            capture_output=True,
            timeout=deadline.remaining(),
            check=True,
            env={"LANG": "C.UTF-8"},  # none of this function's own
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UpstreamUnavailableError(f"{PROGRAM}: {type(error).__name__}") from error
    return done.stdout
