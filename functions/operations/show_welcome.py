"""GET /: a page for a person who opens the printed address, or the link of a mail; the API is under /api/v1."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from voicehelper.entry.dependencies import LanguageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.link_page import link_kind, link_page
from voicehelper.operations.welcome import welcome_page
from voicehelper.settings import settings

router = APIRouter()


@router.get("/", include_in_schema=False)
def show_welcome(
    language: LanguageDep,
    invitation: Annotated[str, Query()] = "",
    password_reset: Annotated[str, Query()] = "",
) -> Response:
    kind = link_kind(invitation=invitation, password_reset=password_reset)
    page = link_page(kind, language) if kind else welcome_page(settings().public_base_url)
    return Response(page.content, headers=dict(page.headers))


handler = lambda_handler(router)
