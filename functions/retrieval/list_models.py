"""GET /api/v1/models"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.models import listing
from voicehelper.resources import catalogue

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get("/models", summary="The models that answer your questions, and what they cost.")
def list_models(caller: CurrentCaller) -> listing.ModelList:
    return listing.list_models(catalogue())


handler = lambda_handler(router)
