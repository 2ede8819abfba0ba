"""GET /health: the function runs. Asks nobody, so a failing database does not restart healthy functions."""

from fastapi import APIRouter
from voicehelper.entry.http import lambda_handler
from voicehelper.operations.readiness import Health, health

router = APIRouter()


@router.get("/health", summary="The service runs; asks none of its dependencies.")
def check_health() -> Health:
    return health()


handler = lambda_handler(router)
