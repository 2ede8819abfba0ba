"""Request and response of POST /rag/query; ``response`` maps them to questions and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ChunkId, DocumentId, KnowledgeBaseId

Mode = Literal["simple", "hybrid", "ultimate"]


class RagRequest(Body):
    """Flags override the mode; only documents whose metadata contains ``filter`` are searched."""

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    kb_id: KnowledgeBaseId
    mode: Mode = "ultimate"
    top_k: Annotated[int, Field(ge=1, le=20)] = 5
    fusion: Literal["convex", "rrf"] = "convex"
    filter: Annotated[dict[str, Any], Field(default_factory=dict)]
    use_cache: bool | None = None
    use_rerank: bool | None = None
    use_graph: bool | None = None
    use_self_rag: bool | None = None
    use_compression: bool | None = None
    compression_ratio: Annotated[float, Field(gt=0, le=1)] = 0.5


class Source(BaseModel):
    document_id: DocumentId
    chunk_id: ChunkId
    title: str
    content: str
    score: float
    page: int | None


class Metrics(BaseModel):
    """Latencies in seconds; ``total_latency`` is at least the sum of its parts."""

    retrieval_latency: float
    rerank_latency: float
    generation_latency: float
    total_latency: float
    tokens_used: int
    cost_usd: float
    cache_hit: bool
    compression_applied: bool
    self_rag_triggered: bool


class QueryClassifier(BaseModel):
    type: str
    complexity: str
    strategy: str


class RagResponse(BaseModel):
    answer: str
    sources: list[Source]
    metrics: Metrics
    features_used: list[str]
    query_classifier: QueryClassifier
