"""GET /api/v1/usage: what the workspace used, by day, user, key, base or model; for administrators"""

from typing import Annotated

from fastapi import APIRouter, Query
from voicehelper.entry.dependencies import DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.identity.usage import Bucket, Usage, read_usage
from voicehelper.shapes.moments import Day, period

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.get(
    "/usage",
    summary="What the workspace used, in the last 30 days unless you name others.",
    responses=errors(ScopeMissingError),
)
def get_usage(
    database: DatabaseDep,
    start: Annotated[Day | None, Query(alias="from", description="A day in UTC, included.")] = None,
    end: Annotated[Day | None, Query(alias="to", description="A day in UTC, included.")] = None,
    by: Bucket = "day",
) -> Usage:
    first, last = period(start, end)
    with database.transaction() as tx:
        return read_usage(tx, by, first, last)


handler = lambda_handler(router)
