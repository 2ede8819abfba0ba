"""Cleans the file names of uploads for display; they are never used as paths, nor put into headers as they are.

Entry functions: ``clean_filename`` and ``require_readable`` for uploads, ``extension`` for ``parse``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from voicehelper.errors import InvalidInputError

MAX_NAME_LENGTH = 255
# The parser of each extension that can be read.
TYPES_BY_EXTENSION: Final = {
    "pdf": "pdf", "docx": "docx", "docm": "docx", "dotx": "docx", "pptx": "pptx", "pptm": "pptx", "ppsx": "pptx",
    "xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls", "ods": "ods", "csv": "csv", "tsv": "csv", "html": "html",
    "htm": "html", "xhtml": "html", "md": "markdown", "markdown": "markdown", "txt": "txt", "text": "txt",
    "log": "txt", "eml": "eml", "png": "image", "jpg": "image", "jpeg": "image", "gif": "image", "bmp": "image",
    "tif": "image", "tiff": "image", "webp": "image",
}  # fmt: skip

# Files that run when opened. "invoice<RLO>fdp.exe" is displayed as "invoiceexe.pdf": rejected, not cleaned.
_EXECUTABLE_EXTENSIONS = frozenset(
    [
        "exe",
        "com",
        "bat",
        "cmd",
        "scr",
        "pif",
        "msi",
        "dll",
        "jar",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "ps1",
        "sh",
        "app",
        "lnk",
        "hta",
        "cpl",
    ]
)


class BadNameError(InvalidInputError):
    code = "BAD_NAME"


class UnsupportedTypeError(InvalidInputError):
    code = "UNSUPPORTED_TYPE"


def clean_filename(name: str) -> str:
    """The last path component of ``name`` without control and direction characters, quotes and angle brackets.

    Raises BadNameError for a name that is empty, longer than 255 characters or that of an executable.
    """
    if not name.strip() or len(name) > MAX_NAME_LENGTH:
        raise BadNameError(details={"max_length": MAX_NAME_LENGTH})
    component = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if c in "\r\n\t" else c for c in component if c in "\r\n\t" or not _is_invisible(c))
    cleaned = " ".join(re.sub(r'[<>"|?*:]', "_", visible).split()).strip(". ")
    if not cleaned or extension(cleaned) in _EXECUTABLE_EXTENSIONS:
        raise BadNameError
    return cleaned


def require_readable(name: str) -> None:
    """Raises UnsupportedTypeError for a file that no parser reads, so that nobody waits for it to be processed."""
    if extension(name) not in TYPES_BY_EXTENSION:
        raise UnsupportedTypeError(details={"extension": extension(name)})


def extension(name: str) -> str:
    """Lower case, without the dot; empty where there is none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower().strip() if dot and stem else ""


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
