"""POST /v1/embeddings"""

from fastapi import APIRouter
from voicehelper import resources
from voicehelper.answering.service import EmbeddingModelMismatchError
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import errors, lambda_handler
from voicehelper.index.bases import KnowledgeBaseNotFoundError
from voicehelper.protocols.openai.embeddings import (
    DimensionsFixedError,
    EmbeddingBody,
    Embeddings,
    TooManyVectorsError,
    embed,
)

router = APIRouter(dependencies=[needs("retrieve")])


@router.post(
    "/v1/embeddings",
    summary="Embed texts by OpenAI's protocol with the model of a knowledge base.",
    responses=errors(
        KnowledgeBaseNotFoundError, EmbeddingModelMismatchError, DimensionsFixedError, TooManyVectorsError
    ),
)
def create_embeddings(body: EmbeddingBody, database: DatabaseDep) -> Embeddings:
    return embed(body, database, resources.embedding_model(), resources.embedder, resources.tariffs().embedding)


handler = lambda_handler(router)
