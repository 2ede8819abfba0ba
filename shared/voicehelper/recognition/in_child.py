"""What a child of ``ingestion.sandbox`` does with a file: ``carry_out``, called by its server process.

Results are values of JSON, which ``as_json.page_from_json`` reads back in the process outside.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voicehelper.errors import RejectedError
from voicehelper.recognition.builtin import MAX_SIDE, BuiltinRecognizer
from voicehelper.recognition.files import count_pages, draw_page
from voicehelper.recognition.models import RecognitionMissingError


def prepare() -> None:
    """The models, in the process that children are forked from."""
    recognizer().load()


def carry_out(source: Path, target: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """``do`` is "count", "draw" (a JPEG into ``target``) or "read"; RejectedError as its reason."""
    try:
        content = source.read_bytes()
        if request["do"] == "count":
            return {"pages": count_pages(content)}
        picture = draw_page(content, request["page"], max_side=MAX_SIDE)
        if request["do"] == "draw":
            picture.save(target, "JPEG", quality=90)
            return {}
        page = recognizer().recognise_picture(picture, number=request["page"], tables=request["tables"])
        return {"page": asdict(page)}
    except RejectedError as error:
        return {"reason": error.reason, "explanation": str(error)}
    except RecognitionMissingError as error:
        return {"reason": "not_installed", "explanation": str(error)}


@functools.cache
def recognizer() -> BuiltinRecognizer:
    """One for all children of this process."""
    return BuiltinRecognizer()
