"""What a chat model sends is checked like what a user sends: its text (``clean_text``) and its usage (``usage_of``).

``chat`` is the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from voicehelper.models.protocols import Message
from voicehelper.observability.logs import logger
from voicehelper.text.tokens import approximate_tokens

# Control characters but tab and line feed, half surrogate pairs, and format characters that hide text or change its
# direction: zero-width spaces, embeddings, overrides and isolates, tags. Joiners stay: scripts and emoji need them.
_UNWANTED: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\u200b\\u202a-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb"
    "\\U000e0000-\\U000e007f]"
)
_LINE_BREAKS: Final = re.compile("\\r\\n?|[\\x0b\\x0c\\x85\\u2028\\u2029]")

# Tokenizers differ, and providers add rules of their own to what is sent.
_MAX_TOKENS_RATIO: Final = 4
_MAX_ADDED_TOKENS: Final = 500


def clean_text(text: str) -> str:
    """Text that can be stored and shown: line breaks are line feeds, unwanted characters are removed."""
    return _UNWANTED.sub("", _LINE_BREAKS.sub("\n", text))


def usage_of(usage: Any, messages: Sequence[Message], content: str, max_tokens: int) -> tuple[int, int, int]:
    """(prompt tokens, completion tokens, of the prompt those that were cached), as reported, or as estimated where the
    report cannot be true.
    """
    sent = sum(approximate_tokens(message["content"]) for message in messages)
    prompt = _plausible(usage, "prompt_tokens", estimate=sent, most=_MAX_TOKENS_RATIO * sent + _MAX_ADDED_TOKENS)
    received = min(approximate_tokens(content), max_tokens)
    completion = _plausible(usage, "completion_tokens", estimate=received, most=max_tokens)
    details = getattr(usage, "prompt_tokens_details", None)
    reported = getattr(details, "cached_tokens", None) is not None
    cached = _plausible(details, "cached_tokens", estimate=0, most=prompt) if reported else 0
    return prompt, completion, cached


def _plausible(usage: Any, field: str, *, estimate: int, most: int) -> int:
    value = getattr(usage, field, None)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    if usage is not None:
        fields = {"field": field, "reported": repr(value)[:40], "estimate": estimate}
        logger().warning("implausible usage of a model", extra=fields)
    return estimate
