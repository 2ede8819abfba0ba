"""What is wrong with a recording or with a request for speech; endpoints declare them."""

from __future__ import annotations

from voicehelper.errors import InvalidInputError, NotConfiguredError


class AudioUnreadableError(InvalidInputError):
    """No sound can be had from the file; ``details`` has ``reason``, a code of ``decoding`` or of the sandbox."""

    code = "AUDIO_UNREADABLE"


class AudioTooLongError(InvalidInputError):
    """``details`` has ``max_seconds``."""

    code = "AUDIO_TOO_LONG"


class EmptyRecordingError(InvalidInputError):
    code = "EMPTY_FILE"


class NoSpeechError(InvalidInputError):
    """The recording is silent, or what sounds in it is no speech."""

    code = "NO_SPEECH"


class NothingToSayError(InvalidInputError):
    """Without marks, markup and addresses nothing is left of the text."""

    code = "NOTHING_TO_SAY"


class TurnTargetError(InvalidInputError):
    """A turn asks one base or one conversation."""

    code = "TURN_TARGET"


class VoiceNotConfiguredError(NotConfiguredError):
    """``details`` has ``setting``, what the operator has to name."""

    code = "VOICE_NOT_CONFIGURED"
