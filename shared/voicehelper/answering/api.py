"""Request and response of POST /rag/query; ``response`` maps them to questions and answers."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from voicehelper.answering.events import Missing, Status
from voicehelper.answering.filter_field import FILTER_DEPTHS, Filter
from voicehelper.retrieval.question import LEGS, Leg
from voicehelper.shapes.bodies import Body
from voicehelper.shapes.id_types import ChunkId, DocumentId, KnowledgeBaseId

Mode = Literal["simple", "hybrid", "ultimate"]
# As docs/benchmarks.md measures it.
CONFIDENCE: Final = (
    "How likely it is that the base answers the question, from 0 to 1. The built-in reader estimates it from the "
    "passages it has found, and refuses below .5. On questions half of which can be answered, those with more than .8 "
    "could in .94 of cases (Chinese; .88 in English), those with .6 to .8 in .85 (.52), those with less than .2 in .01 "
    "(.09). It says nothing of whether the document is right. A chat model's answer that the passages support has 1, "
    "its refusal 0: neither is an estimate. An answer from the cache has the confidence it was stored with."
)


class BaseQuery(Body):
    """What decides which passages of one knowledge base are found."""

    DEPTHS = FILTER_DEPTHS

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    kb_id: KnowledgeBaseId
    mode: Annotated[Mode, Field(description="simple: by meaning only. hybrid, ultimate: by words and meaning.")] = (
        "ultimate"
    )
    top_k: Annotated[int, Field(ge=1, le=20, description="Number of sources.")] = 5
    fusion: Annotated[
        Literal["convex", "rrf"], Field(description="How the rankings by words and by meaning become one.")
    ] = "convex"
    filter: Filter
    use_graph: Annotated[
        bool | None,
        Field(
            description="true: follow names from passage to passage. false: never. "
            "Else for questions that are classified as multi_hop."
        ),
    ] = None


class RagRequest(BaseQuery):
    """A question to one knowledge base. Unknown fields are refused."""

    use_cache: Annotated[
        bool | None,
        Field(description="false: search and read anew. Else an answer given before is given again while it holds."),
    ] = None
    use_rerank: Annotated[
        bool | None,
        Field(description="true: order the first passages by how closely the question's words stand together."),
    ] = None
    use_self_rag: Annotated[
        bool | None,
        Field(description="false: a model is not asked again where the passages do not support what it wrote."),
    ] = None
    use_compression: Annotated[
        bool | None, Field(description="true: the answer is written from the sentences that the question is about.")
    ] = None
    compression_ratio: Annotated[float, Field(gt=0, le=1, description="Share of each passage that is kept.")] = 0.5


def _each_once(legs: list[Leg]) -> list[Leg]:
    return [leg for leg in LEGS if leg in legs]


class RetrievalRequest(Body):
    """A search of one or several knowledge bases. Unknown fields are refused."""

    DEPTHS = FILTER_DEPTHS

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
    kb_ids: Annotated[list[KnowledgeBaseId], Field(min_length=1, max_length=10)]
    top_k: Annotated[int, Field(ge=1, le=20, description="Number of passages.")] = 5
    filter: Filter
    legs: Annotated[
        list[Leg],
        Field(
            default_factory=lambda: list(LEGS),
            min_length=1,
            description="words: by BM25. meaning: by embedding. Both rankings are fused. Default: both.",
        ),
        AfterValidator(_each_once),
    ]
    rerank: Annotated[
        bool | None,
        Field(description="true: order the first passages by how closely the question's words stand together."),
    ] = None


class Source(BaseModel):
    """A passage of a document. The n-th source has the mark [n] in the answer, if it is cited."""

    document_id: DocumentId
    chunk_id: ChunkId
    filename: str
    title: Annotated[str, Field(description="Document title and headings.")]
    page: int | None
    quote: Annotated[str, Field(description="The sentence of the passage that the answer rests on.")]
    content: Annotated[str, Field(description="The whole passage; of a stored message, the quote.")]
    score: Annotated[float, Field(ge=0, le=1)]
    cited: bool
    url: Annotated[str, Field(description="Opens the document at its page, without a token, for one hour.")]
    recognised: Annotated[
        float | None,
        Field(description="Of text that was read from a picture: how sure it is, 0 to 1. null for text of the file."),
    ] = None


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


class Answer(BaseModel):
    """What every answer says of itself, that of a query and that of a message."""

    status: Annotated[
        Status,
        Field(description="unavailable: a model is away, and without it nothing was found."),
    ]
    confidence: Annotated[float, Field(ge=0, le=1, description=CONFIDENCE)]
    sources: Annotated[list[Source], Field(description="Empty unless answered.")]
    closest: Annotated[list[Source], Field(description="The nearest passages of an answer that was refused.")]
    degraded: Annotated[
        list[Missing],
        Field(
            description="What was away: the built-in reader answered (chat_model), only words were searched "
            "(embedding_model), the database was searched instead (search_engine), passages stayed in the order of the "
            "search (rerank_model), or the question was searched in its own words alone (query_expansion)."
        ),
    ]


class RagResponse(Answer):
    answer: str
    metrics: Metrics
    features_used: list[str]
    query_classifier: QueryClassifier
    ignored_options: Annotated[list[str], Field(description="Options of the request that have no effect: none today.")]


class RetrievalResponse(BaseModel):
    """What a search found; no answer is composed, so no passage is cited."""

    passages: Annotated[list[Source], Field(description="Best first.")]
    metrics: Metrics
    legs: Annotated[
        list[Leg],
        Field(description="The rankings that were searched; words where meaning is away or does not suit the base."),
    ]
    degraded: Annotated[
        list[Missing],
        Field(
            description="What was away: only words were searched (embedding_model), the database was searched instead "
            "(search_engine), or passages stayed in the order of the search (rerank_model)."
        ),
    ]
    ignored_options: Annotated[list[str], Field(description="Options of the request that have no effect: none today.")]
