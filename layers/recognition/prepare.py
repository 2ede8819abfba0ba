"""Puts the recogniser's models where the engine looks for them; run once per installation, never on Lambda.

    python layers/recognition/prepare.py SOURCE PACKAGE

SOURCE is the ``models`` folder of an unpacked ``rapidocr`` wheel, whose digest its installer has checked; it is not
installed, because it has the name of the engine's package. PACKAGE is the engine's folder. Weights of the engine's own
wheel are removed: their licence (OpenRAIL-M, changed) forbids use by larger companies and reaches what is read with
them. Imports nothing of the product: `sam build` runs it from a copy of this folder.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

DETECTOR, READER, CHARACTERS = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "PP-OCRv6_characters.txt"
_KEY = b"\n\tcharacter\x12"  # in a protocol buffer: the key of the last metadata entry, before its value


def prepare(source: Path, package: Path) -> None:
    target = package / "models"
    target.mkdir(exist_ok=True)
    shutil.rmtree(target / "lite", ignore_errors=True)
    for name in (DETECTOR, READER):
        shutil.copyfile(source / name, target / name)
    (target / CHARACTERS).write_bytes(characters((source / READER).read_bytes()))


def characters(model: bytes) -> bytes:
    """What the reader's classes stand for, one a line."""
    at = model.rindex(_KEY) + len(_KEY)
    size, shift = 0, 0
    while True:
        byte = model[at]
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return model[at : at + size]


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
