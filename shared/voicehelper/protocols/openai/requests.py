"""Bodies of requests as OpenAI's clients send them, reduced to what the product can do.

Fields that a client sends in any case and that no answer from documents can follow are accepted and ignored: system
and developer messages, tools that may be called, temperature, top_p, max_tokens, stop, seed, user, metadata and the
like. What would make the answer another thing than the client waits for is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from voicehelper.protocols.bodies import ProtocolBody

MAX_QUESTION_CHARS: Final = 5000
MAX_MESSAGES: Final = 4096
_TEXT_PARTS: Final = {"text": "text", "refusal": "refusal"}  # type of a part → its field


def joined_text(content: object) -> str:
    """The text of a message's content: a string, or parts, of which each line stands by itself.

    ValueError with the code of a sentence for pictures, sound and files, and for what is no content.
    """
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise _unreadable()
    return "\n".join(map(_part_text, content))


def _part_text(part: object) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(kind, str):
        raise _unreadable()
    if kind not in _TEXT_PARTS:
        raise ValueError("CONTENT_NOT_TEXT")
    text = part.get(_TEXT_PARTS[kind])
    if not isinstance(text, str):
        raise _unreadable()
    return text


def _unreadable() -> ValueError:
    return ValueError("CONTENT_UNREADABLE")


class ChatMessage(ProtocolBody):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[
        str,
        BeforeValidator(joined_text, json_schema_input_type=str | list[dict[str, Any]] | None),
        Field(description="Text, or parts of type text. Pictures, sound and files are refused."),
    ] = ""


def _with_question(messages: list[ChatMessage]) -> list[ChatMessage]:
    """A question of the usual length is among them."""
    question = next((message.content.strip() for message in reversed(messages) if message.role == "user"), "")
    if not question:
        raise ValueError("QUESTION_MISSING")
    if len(question) > MAX_QUESTION_CHARS:
        raise ValueError("QUESTION_TOO_LONG")
    return messages


def _optional_tool(choice: object) -> object:
    """Whether or not a tool may be called, none is; a call that must be made is refused."""
    if choice in (None, "auto", "none"):
        return choice
    raise ValueError("TOOLS_NOT_CALLED")


def _text_format(value: object) -> object:
    if value is None or (isinstance(value, dict) and value.get("type", "text") == "text"):
        return value
    raise ValueError("FORMAT_NOT_TEXT")


def _text_modality(value: object) -> object:
    if value is None or value == ["text"]:
        return value
    raise ValueError("FORMAT_NOT_TEXT")


def _no_logprobs(value: object) -> object:
    if not value:
        return value
    raise ValueError("LOGPROBS_UNKNOWN")


class StreamOptions(ProtocolBody):
    include_usage: bool | None = None


class ChatBody(ProtocolBody):
    """The last user message is the question; what was said before it is its history. ``n`` can only be 1."""

    model: Annotated[str, Field(min_length=1, max_length=200, description="kb:<name> or the id of a knowledge base.")]
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES), AfterValidator(_with_question)]
    stream: Annotated[
        bool | None, Field(description="true: server-sent events, which arrive at once when the answer is complete.")
    ] = None
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    tool_choice: Annotated[Any, AfterValidator(_optional_tool)] = None
    function_call: Annotated[Any, AfterValidator(_optional_tool)] = None
    response_format: Annotated[Any, AfterValidator(_text_format)] = None
    modalities: Annotated[Any, AfterValidator(_text_modality)] = None
    logprobs: Annotated[Any, AfterValidator(_no_logprobs)] = None

    @property
    def includes_usage(self) -> bool:
        return bool(self.stream_options and self.stream_options.include_usage)
