"""GET /ready: each dependency answers within three seconds, or 503 with a result for each."""

from fastapi import APIRouter, Response
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.readiness import Readiness, check_all, dependency_checks
from voicehelper.resources import content, database

router = APIRouter()


@router.get("/ready", responses={503: {"model": Readiness}}, summary="Whether each dependency answers.")
def check_readiness(response: Response) -> Readiness:
    readiness = check_all(dependency_checks(database(), content))
    response.status_code = 200 if readiness.status == "ready" else 503
    return readiness


handler = lambda_handler(router)
