"""GET /ready (DEP-9): each dependency answers within three seconds, or 503 with a result for each."""

from fastapi import APIRouter, Response
from voicehelper.adapters.content import content_store
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.readiness import Readiness, check_all, dependency_checks
from voicehelper.resources import database

router = APIRouter()


@router.get("/ready", responses={503: {"model": Readiness}})
def check_readiness(response: Response) -> Readiness:
    found = check_all(dependency_checks(database(), content_store))
    response.status_code = 200 if found.status == "ready" else 503
    return found


handler = lambda_handler(router, prefix="")
