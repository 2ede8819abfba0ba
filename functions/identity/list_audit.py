"""GET /api/v1/audit: who did what in the workspace, the newest first; for administrators"""

from typing import Annotated

from fastapi import APIRouter, Query
from voicehelper.entry.dependencies import DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity.audit import AuditEntry, Filter, list_entries
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.shapes.moments import Moment, end_of, start_of
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.get(
    "/audit",
    summary="Who did what in the workspace; a total of 10,000 stands for as many or more.",
    responses=errors(ScopeMissingError),
)
def list_audit(
    page: PageDep,
    database: DatabaseDep,
    start: Annotated[Moment | None, Query(alias="from", description="Included.")] = None,
    end: Annotated[Moment | None, Query(alias="to", description="A date is included, a time is not.")] = None,
    actor: Annotated[str | None, Query(max_length=254, description="An e-mail address or a user's id.")] = None,
    action: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[AuditEntry]:
    with database.transaction() as tx:
        return list_entries(tx, Filter(start_of(start), end_of(end), actor, action), page)


handler = lambda_handler(router)
