"""GET /v1/models/{model}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.protocols.openai import models
from voicehelper.protocols.openai.responses import ProtocolModel

router = APIRouter(dependencies=[needs("ask", "retrieve")])


@router.get(
    "/v1/models/{model}",
    summary="One knowledge base as a model, for clients of OpenAI's API.",
    responses=errors(KnowledgeBaseNotFoundError),
)
def get_base_model(model: str, database: DatabaseDep) -> ProtocolModel:
    return models.get_model(database, model)


handler = lambda_handler(router)
