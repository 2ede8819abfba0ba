"""POST /api/v1/rag/diagnose"""

from fastapi import APIRouter
from voicehelper.answering.diagnosis.api import Diagnosis, DiagnosisRequest
from voicehelper.answering.diagnosis.response import show_diagnosis
from voicehelper.answering.response import query_of
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.answers import DiagnoseDep
from voicehelper.entry.dependencies import LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("retrieve")])


@router.post(
    "/rag/diagnose",
    summary="Ask a question and find the stage that lost the evidence expected.",
    responses=errors(KnowledgeBaseNotFoundError, EmbeddingModelMismatchError),
)
def diagnose_question(request: DiagnosisRequest, diagnose: DiagnoseDep, language: LanguageDep) -> Diagnosis:
    return show_diagnosis(diagnose(query_of(request, language), request.expected), language)


handler = lambda_handler(router)
