"""POST /api/v1/retrieval"""

from fastapi import APIRouter
from voicehelper.answering.api import RetrievalRequest, RetrievalResponse
from voicehelper.answering.response import search_of, show_passages
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.answers import SearchDep
from voicehelper.entry.dependencies import LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import LinkMakerDep
from voicehelper.index.bases import KnowledgeBaseNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.post(
    "/retrieval",
    summary="Find the passages for a question in one or several bases, without an answer.",
    responses=errors(KnowledgeBaseNotFoundError, EmbeddingModelMismatchError),
)
def retrieve_passages(
    request: RetrievalRequest, search: SearchDep, language: LanguageDep, make_url: LinkMakerDep
) -> RetrievalResponse:
    return show_passages(search(search_of(request, language)), make_url)


handler = lambda_handler(router)
