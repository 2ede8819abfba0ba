"""$default: a path nobody serves (404), or one that does not take this method (405), in the product's error shape."""

from fastapi import APIRouter, Request
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.routes import refuse

router = APIRouter()


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], include_in_schema=False)
def answer_unknown_route(path: str, request: Request) -> None:
    refuse(f"/{path}", request.method)


handler = lambda_handler(router)
