"""POST /api/v1/rag/query"""

from fastapi import APIRouter
from voicehelper.answering.api import RagRequest, RagResponse
from voicehelper.answering.events import final_answer
from voicehelper.answering.response import question_of, show_answer
from voicehelper.entry.answers import AnswerDep
from voicehelper.entry.dependencies import LanguageDep
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.entry.links import LinkMakerDep

router = APIRouter(prefix=API_PREFIX)


@router.post("/rag/query")
def query_knowledge(
    request: RagRequest, answer: AnswerDep, language: LanguageDep, make_url: LinkMakerDep
) -> RagResponse:
    return show_answer(final_answer(answer(question_of(request, language))), request, make_url)


handler = lambda_handler(router)
