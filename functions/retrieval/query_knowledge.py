"""POST /api/v1/rag/query (S9 → S10)"""

from fastapi import APIRouter
from voicehelper.answering.api import RagRequest, RagResponse
from voicehelper.answering.wiring import answer_request
from voicehelper.entry.dependencies import DatabaseDep, LanguageDep
from voicehelper.entry.http import lambda_handler

router = APIRouter()


@router.post("/rag/query")
def query_knowledge(request: RagRequest, database: DatabaseDep, language: LanguageDep) -> RagResponse:
    return answer_request(database, request, language)


handler = lambda_handler(router)
