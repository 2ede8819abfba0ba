"""GET /api/v1/budgets: what the workspace, its members and its keys may spend in a month; for administrators"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import budgets
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.settings import settings
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("admin")])


@router.get(
    "/budgets",
    summary="Monthly budgets, and what is used of each.",
    responses=errors(ScopeMissingError),
)
def list_budgets(page: PageDep, database: DatabaseDep) -> Page[budgets.Budget]:
    return budgets.list_budgets(database, page, most_usd=settings().monthly_budget_usd)


handler = lambda_handler(router)
