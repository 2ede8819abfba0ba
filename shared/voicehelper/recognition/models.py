"""The files of the built-in recogniser: where they are, and whether they are those that were measured."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

from voicehelper.errors import VoiceHelperError

DETECTOR, READER, DICTIONARY = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "PP-OCRv6_characters.txt"
FILES: Final = (DETECTOR, READER, DICTIONARY)


class RecognitionMissingError(VoiceHelperError):
    """The environment has no engine or no models: the wheel has none for Python 3.14."""

    code = "RECOGNITION_NOT_INSTALLED"


def package() -> Path | None:
    """The folder of the engine's package, which is not imported."""
    spec = importlib.util.find_spec("rapidocr")
    return Path(spec.origin).parent if spec and spec.origin else None


def is_installed() -> bool:
    home = package()
    return home is not None and all((home / "models" / name).is_file() for name in FILES)


def folder() -> Path:
    """RecognitionMissingError without all files."""
    home = package()
    if home is None or not is_installed():
        raise RecognitionMissingError(f"no {' or '.join(FILES)} in {home and home / 'models'}")
    return home / "models"
