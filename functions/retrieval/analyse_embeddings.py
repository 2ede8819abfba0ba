"""POST /api/v1/embeddings/analysis"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.entry.dependencies import CurrentCaller, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.retrieval import embedding_quality
from voicehelper.retrieval.embedding_quality import Analysis, AnalysisRequest

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.post("/embeddings/analysis", summary="Measure how well the embedding model tells texts apart.")
def analyse_embeddings(request: AnalysisRequest, _caller: CurrentCaller) -> Analysis:
    return embedding_quality.analyse_embeddings(request, resources.embedder())


handler = lambda_handler(router)
