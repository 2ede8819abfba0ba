"""GET /docs: the API reference as one page that loads nothing from elsewhere."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.reference import reference_page
from voicehelper.operations.routes import openapi_document

router = APIRouter()


@router.get("/docs", include_in_schema=False)
def get_docs() -> HTMLResponse:
    return HTMLResponse(reference_page(openapi_document()))


handler = lambda_handler(router)
