"""DELETE /api/v1/budgets/{subject}: no bound any more but the deployment's own; for administrators"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import NEEDS_SESSION, DatabaseDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.identity import budgets
from voicehelper.identity.scopes import ScopeMissingError

router = APIRouter(prefix=API_PREFIX, dependencies=[NEEDS_SESSION, needs("admin")])


@router.delete(
    "/budgets/{subject}",
    status_code=204,
    summary="Remove the monthly budget of the workspace, of a member or of a key.",
    responses=errors(ScopeMissingError, budgets.BudgetNotFoundError),
)
def remove_budget(subject: str, database: DatabaseDep) -> None:
    budgets.remove_budget(database, budgets.subject_of(subject))


handler = lambda_handler(router)
