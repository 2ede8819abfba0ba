"""GET /: a page for a person who opened the printed address; scripts find the API under /api/v1."""

from fastapi import APIRouter, Response
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.welcome import welcome_page
from voicehelper.settings import settings

router = APIRouter()


@router.get("/", include_in_schema=False)
def show_welcome() -> Response:
    page = welcome_page(settings().public_base_url)
    return Response(page.content, headers=dict(page.headers))


handler = lambda_handler(router)
