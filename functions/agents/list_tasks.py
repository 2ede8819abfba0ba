"""GET /api/v1/agent/tasks"""

from typing import Annotated

from fastapi import APIRouter, Query
from voicehelper.agents import service
from voicehelper.agents.models import TaskSummary
from voicehelper.agents.task import TaskStatus
from voicehelper.entry.agents import OwnerDep
from voicehelper.entry.dependencies import PageDep, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get("/agent/tasks", summary="The caller's tasks, newest first.")
def list_tasks(
    owner: OwnerDep, page: PageDep, status: Annotated[TaskStatus | None, Query(description="Only these.")] = None
) -> Page[TaskSummary]:
    return service.list_tasks(owner, status, page)


handler = lambda_handler(router)
