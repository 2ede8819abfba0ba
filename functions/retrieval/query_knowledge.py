"""POST /api/v1/rag/query (S9 → S10)"""

from fastapi import APIRouter
from voicehelper.dependencies import DatabaseDep, LanguageDep
from voicehelper.http import lambda_handler
from voicehelper.retrieval.answers import answer_request
from voicehelper.retrieval.api import RagRequest, RagResponse

router = APIRouter()


@router.post("/rag/query")
def query_knowledge(request: RagRequest, database: DatabaseDep, language: LanguageDep) -> RagResponse:
    return answer_request(database, request, language)


handler = lambda_handler(router)
