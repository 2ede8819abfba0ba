"""Texts of documents as other libraries read them, one JSON object a line: run by the peers' own Python.

    python -P peer_texts.py FOLDER…

{"file", "peer", "text", "seconds"}; a file that a peer cannot read has an empty text. The peers' modules are imported
before the clock runs.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import markitdown  # type: ignore[import-not-found]
import pdfplumber  # type: ignore[import-not-found]
import pypdf

logging.disable(logging.CRITICAL)
_CONVERTED = {".docx", ".pptx", ".xlsx", ".html", ".csv", ".eml"}


def pypdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def pdfplumber_text(path: Path) -> str:
    with pdfplumber.open(path) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def markitdown_text(path: Path) -> str:
    return str(_CONVERTER.convert(path).text_content)


_CONVERTER = markitdown.MarkItDown()
_PEERS: dict[str, Callable[[Path], str]] = {"pypdf": pypdf_text, "pdfplumber": pdfplumber_text}


def main(folders: list[str]) -> None:
    for path in sorted(path for folder in folders for path in Path(folder).iterdir()):
        if path.suffix == ".pdf":
            peers = _PEERS
        else:
            peers = {"markitdown": markitdown_text} if path.suffix in _CONVERTED else {}
        for peer, read in peers.items():
            started, text = time.process_time(), ""
            with contextlib.suppress(Exception), contextlib.redirect_stderr(io.StringIO()):
                text = read(path)
            line = {"file": path.name, "peer": peer, "text": text, "seconds": time.process_time() - started}
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
