"""``Question``: a question with its search parameters, the input of retrieval and answering."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

from voicehelper.index.fusion import Fusion
from voicehelper.messages.language import Language
from voicehelper.shapes.viewer import Viewer

Leg = Literal["words", "meaning"]
LEGS: Final[tuple[Leg, ...]] = ("words", "meaning")


@dataclass(frozen=True, slots=True)
class Question:
    """``base_ids`` None searches every base of the tenant; ``history`` is (role, content), oldest first.

    ``mode`` is simple, hybrid or ultimate; only documents whose metadata contains ``metadata`` are searched, and only
    by ``legs``, of which there is at least one. ``compression`` is the share of each passage that the answer is
    written from; with ``self_rag`` a model is asked again where the passages do not support what it wrote.
    ``rerank`` None orders the passages anew where a model for that is configured, True by their words if none is.
    ``graph`` None follows names from passage to passage where the question is classified as one of several hops.
    ``tenant_id`` and ``viewer``, who asks and shapes no answer, are set where the question is answered.

    ``use_cache`` allows an answer that was given before. Whatever else shapes an answer is a field here, too: all of
    them are in the key of a cached one.
    """

    text: str
    base_ids: Sequence[UUID] | None
    language: Language
    mode: str = "ultimate"
    top_k: int = 5
    fusion: Fusion = "convex"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[tuple[str, str]] = ()
    rerank: bool | None = None
    graph: bool | None = None
    compression: float = 1.0
    self_rag: bool = True
    tenant_id: UUID | None = None
    legs: Collection[Leg] = LEGS
    use_cache: bool = False
    viewer: Viewer | None = None
