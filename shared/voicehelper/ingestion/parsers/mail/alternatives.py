"""Chooses between the plain text and the HTML of a mail.

Entry function: ``richer``, called by ``eml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from voicehelper.ingestion.parsed_document import Block

_URL: Final = re.compile(r"<?(?:https?://|mailto:)[^\s>]*>?")
_WORDS: Final = re.compile(r"[\u3040-\u9fff]|[^\W_]+")
_COVERS: Final = 0.8
_FULL_TEXT: Final = 30  # words; less may be the hint that a program cannot show HTML
_MUCH_MORE: Final = 3


def richer(plain: Sequence[Block], html: Sequence[Block]) -> list[Block]:
    """HTML, as the sender prefers it, unless the plain text says the same, or much more beside a page of pictures.

    Of two that say the same, plain text is free of decoration, but only HTML has tables.
    """
    in_plain, in_html = _words(plain), _words(html)
    if not in_html or (len(in_plain) >= _FULL_TEXT and len(in_plain) > _MUCH_MORE * len(in_html)):
        return [*plain]
    is_covered = len(in_html & in_plain) >= _COVERS * len(in_html)
    has_tables = any(block.kind == "table" for block in html) and len(in_plain & in_html) >= _COVERS * len(in_plain)
    return [*plain] if is_covered and not has_tables else [*html]


def _words(blocks: Sequence[Block]) -> set[str]:
    return {word.lower() for block in blocks for word in _WORDS.findall(_URL.sub(" ", block.text))}
