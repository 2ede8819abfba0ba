"""Builds the recogniser that the settings name, and the built-in one; called by ``resources`` and by tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicehelper.models.invoked import Invoke
    from voicehelper.recognition.builtin import BuiltinRecognizer
    from voicehelper.recognition.protocol import Provider
    from voicehelper.settings import Recogniser


def recognizer() -> BuiltinRecognizer:
    """The built-in one. Loads nothing before its first picture, and then keeps its engine (0.1 s, 750 MB at most)."""
    from voicehelper.recognition.builtin import BuiltinRecognizer

    return BuiltinRecognizer()


def build_provider(
    name: Recogniser, analyse_document: Callable[[dict[str, Any]], dict[str, Any]], invoke: Invoke | None
) -> Provider | None:
    """None for the built-in one. ``analyse_document`` calls Textract. ``invoke`` calls the function for models; without
    it a chat model is away.
    """
    if name == "textract":
        from voicehelper.recognition.textract import Textract

        return Textract(analyse_document)
    if name == "chat_model":
        from voicehelper.models.invoked import InvokedChat
        from voicehelper.recognition.chat_model import ChatModelRecognizer

        return ChatModelRecognizer(InvokedChat(invoke or _nobody))
    return None


def _nobody(*_arguments: object, **_options: object) -> dict[str, Any]:
    from voicehelper.errors import UpstreamUnavailableError

    raise UpstreamUnavailableError("no function calls models for pictures here")
