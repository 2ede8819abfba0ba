"""What a tool is: a name, the schema of its arguments, and a function of them; ``entry.tools`` makes it a Lambda.

A tool receives a ``ToolCall`` and returns a ``ToolOutcome``. What it cannot do is a ``ToolError``, which the run takes
as an observation and goes on; a dependency that is away is an UpstreamUnavailableError, which the machine retries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from voicehelper.errors import VoiceHelperError
from voicehelper.messages.language import Language
from voicehelper.shapes.id_types import ChunkId, DocumentId
from voicehelper.shapes.ids import show
from voicehelper.shapes.viewer import Viewer

MAX_OBSERVATION_CHARS: Final = 6_000
MAX_RESULT_BYTES: Final = 24_000  # a state of Step Functions has 256 KiB


class ToolError(VoiceHelperError):
    """A tool that cannot do what it was asked; ``code`` has a sentence for users in messages/agents.toml."""

    code = "TOOL_FAILED"

    def __init__(self, code: str, explanation: str = "", **details: Any) -> None:
        super().__init__(explanation or code, details=details)
        self.reason = code


class Arguments(BaseModel):
    """Base of all arguments: what a model adds to them is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolSource(BaseModel):
    """Where a part of an observation stands: a passage of a document, or a page of the web."""

    title: str
    url: str = ""
    document_id: DocumentId | None = None
    chunk_id: ChunkId | None = None
    filename: str = ""
    page: int | None = None
    quote: str = ""


class ToolResult(BaseModel):
    """``observation`` is what people and models read, ``result`` the same as data; marks [n] in it name ``sources``."""

    observation: str
    result: JsonValue = None
    sources: list[ToolSource] = []
    tokens: int = Field(default=0, ge=0)
    cost_usd: float = Field(default=0.0, ge=0)


class ToolFailure(BaseModel):
    """``code`` has a sentence in messages/agents.toml, which ``details`` complete."""

    code: str
    details: dict[str, JsonValue] = {}


class ToolOutcome(BaseModel):
    """One of both."""

    result: ToolResult | None = None
    failure: ToolFailure | None = None


class ToolCall(BaseModel):
    """Item ``step`` of a task's trace, for step ``planned`` of its plan. ``allowed`` are the tools that its task named;
    ``kb_ids`` bounds what may be searched, unless it is empty. ``key_id`` is the key that the task was asked for with.
    """

    log_keys: ClassVar[tuple[str, ...]] = ("task_id", "step", "tool")

    tenant_id: UUID
    user_id: UUID
    key_id: UUID | None = None
    task_id: UUID
    step: int = Field(ge=1)
    planned: int = 0
    tool: str
    arguments: dict[str, JsonValue] = {}
    allowed: list[str] = []
    kb_ids: list[UUID] = []
    language: Language = "zh"

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.user_id, self.key_id)

    @property
    def key(self) -> str:
        """The same for every repetition of this call: whoever acts on the outside acts once for it."""
        return f"{show('task', self.task_id)}-{self.step}"


ArgumentsT = TypeVar("ArgumentsT", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Tool(Generic[ArgumentsT]):
    """``name`` is what a request's ``tools`` says; ``description`` tells a model when to use it."""

    name: str
    description: str
    arguments: type[ArgumentsT]
    run: Callable[[ArgumentsT, ToolCall], ToolResult]
