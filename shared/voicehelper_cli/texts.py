"""The command line's own sentences (``texts.toml``) in the language of the locale.

The file is read by the service's loader: ``voicehelper.messages`` is all the command line imports of the service.
"""

from __future__ import annotations

import os
import re
from typing import Final

from voicehelper.messages.catalogue import load_sentences
from voicehelper.messages.language import Language

_NUMBERED: Final = re.compile(r"\{(\w+)\|([^|}]*)\|([^}]*)\}")


def language() -> Language:
    """zh or en: the locale's, en unless it is Chinese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def text(key: str, **values: object) -> str:
    """``{count|chunk|chunks}`` in a sentence is the word for the number."""
    template = load_sentences("voicehelper_cli", "texts")[key][language()]
    return _NUMBERED.sub(lambda found: found.group(2 if values[found.group(1)] == 1 else 3), template).format(**values)
