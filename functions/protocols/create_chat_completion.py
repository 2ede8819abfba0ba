"""POST /v1/chat/completions"""

from fastapi import APIRouter, Response
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.dependencies import needs
from voicehelper.entry.http import errors, lambda_handler
from voicehelper.entry.protocols import ChatDep
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.models.errors import BudgetExceededError, ContextTooLongError
from voicehelper.protocols.openai.requests import ChatBody
from voicehelper.protocols.openai.responses import ChatCompletion
from voicehelper.protocols.openai.stream import MEDIA_TYPE

router = APIRouter(dependencies=[needs("ask")])


@router.post(
    "/v1/chat/completions",
    summary="Ask a knowledge base by OpenAI's protocol; the answer cites its sources.",
    response_model=ChatCompletion,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        **errors(KnowledgeBaseNotFoundError, EmbeddingModelMismatchError, ContextTooLongError, BudgetExceededError),
    },
)
def create_chat_completion(body: ChatBody, answer_chat: ChatDep) -> Response:
    return answer_chat(body)


handler = lambda_handler(router)
