"""GET /docs: the API reference, from which requests can be sent; it loads nothing from other hosts."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.reference.files import FileName, reference_file

router = APIRouter()


@router.get("/docs", include_in_schema=False)
def get_docs(file: FileName = "page.html", accept_encoding: Annotated[str, Header()] = "") -> Response:
    static = reference_file(file, accept_encoding)
    return Response(static.content, headers=dict(static.headers))


handler = lambda_handler(router)
