"""GET /openapi.json: the contract, as committed."""

from fastapi import APIRouter, Response
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.routes import openapi_text

router = APIRouter()


@router.get("/openapi.json", include_in_schema=False)
def get_openapi() -> Response:
    return Response(openapi_text(), media_type="application/json")


handler = lambda_handler(router)
