"""POST /api/v1/rag/query"""

from fastapi import APIRouter
from voicehelper.answering.api import RagRequest, RagResponse
from voicehelper.answering.events import final_answer
from voicehelper.answering.response import question_of, show_answer
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.answers import AnswerDep
from voicehelper.entry.dependencies import LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.links import LinkMakerDep
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.models.errors import BudgetExceededError, ContextTooLongError

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/rag/query",
    summary="Ask a knowledge base one question; the answer cites its sources.",
    responses=errors(KnowledgeBaseNotFoundError, EmbeddingModelMismatchError, ContextTooLongError, BudgetExceededError),
)
def query_knowledge(
    request: RagRequest, answer: AnswerDep, language: LanguageDep, make_url: LinkMakerDep
) -> RagResponse:
    return show_answer(final_answer(answer(question_of(request, language))), make_url)


handler = lambda_handler(router)
