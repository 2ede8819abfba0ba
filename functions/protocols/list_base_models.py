"""GET /v1/models"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import lambda_handler
from voicehelper.protocols.openai import models
from voicehelper.protocols.openai.responses import ProtocolModels

router = APIRouter(dependencies=[needs("ask", "retrieve")])


@router.get("/v1/models", summary="Your knowledge bases as models, for clients of OpenAI's API.")
def list_base_models(database: DatabaseDep) -> ProtocolModels:
    return models.list_models(database)


handler = lambda_handler(router)
