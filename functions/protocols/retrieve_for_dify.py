"""POST /api/v1/dify/retrieval"""

from fastapi import APIRouter
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.answers import SearchDep
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import AbsoluteLinksDep
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.protocols.dify.retrieval import DifyRecords, DifyRequest, retrieve

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.post(
    "/dify/retrieval",
    summary="Find passages by Dify's protocol for external knowledge.",
    responses=errors(KnowledgeBaseNotFoundError, EmbeddingModelMismatchError),
)
def retrieve_for_dify(
    request: DifyRequest, database: DatabaseDep, language: LanguageDep, search: SearchDep, make_url: AbsoluteLinksDep
) -> DifyRecords:
    return retrieve(request, database, language=language, search=search, make_url=make_url)


handler = lambda_handler(router)
