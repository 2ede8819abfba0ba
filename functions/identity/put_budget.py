"""PUT /api/v1/budgets/{subject}: sets what a workspace, a member or a key may spend in a month; for administrators"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import budgets
from voicehelper.identity.scopes import ScopeMissingError
from voicehelper.settings import settings

# No key changes what it may spend itself.
router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION, needs("admin")])


@router.put(
    "/budgets/{subject}",
    summary="Set the monthly budget of the workspace, of a member or of a key, by its id.",
    responses=errors(ScopeMissingError, budgets.BudgetNotFoundError),
)
def put_budget(subject: str, wanted: budgets.NewBudget, database: DatabaseDep) -> budgets.Budget:
    return budgets.put_budget(
        database, budgets.subject_of(subject), wanted.limit_usd, most_usd=settings().monthly_budget_usd
    )


handler = lambda_handler(router)
