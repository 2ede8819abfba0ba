"""Puts the recogniser's models where the engine looks for them; run once per installation, never on Lambda.

    python -m voicehelper.recognition.prepare SOURCE PACKAGE

SOURCE is the ``models`` folder of an unpacked ``rapidocr`` wheel, which is not installed: it shares a package with the
engine. PACKAGE is the engine's folder. Weights that the engine's own wheel has are removed: their licence (OpenRAIL-M,
changed) forbids use by larger companies and reaches what is read with them.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Final

from voicehelper.recognition.models import DETECTOR, DICTIONARY, READER

# Of rapidocr 3.10.0. Others were not measured.
_DIGESTS: Final = {
    DETECTOR: "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    READER: "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
}
_CHARACTERS: Final = b"\n\tcharacter\x12"  # in a protocol buffer: the key of the last metadata entry, then its value


def prepare(source: Path, package: Path) -> None:
    """ValueError for files that are not those of ``_DIGESTS``."""
    shutil.rmtree(package / "models" / "lite", ignore_errors=True)
    for name, digest in _DIGESTS.items():
        content = (source / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"{source / name} is another file than the one that was measured")
        (package / "models" / name).write_bytes(content)
    (package / "models" / DICTIONARY).write_bytes(characters((source / READER).read_bytes()))


def characters(model: bytes) -> bytes:
    """What the reader's classes stand for, one a line."""
    at = model.rindex(_CHARACTERS) + len(_CHARACTERS)
    size, shift = 0, 0
    while True:
        byte = model[at]
        size |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return model[at : at + size]


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
