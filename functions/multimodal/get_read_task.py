"""GET /api/v1/multimodal/tasks/{task_id}"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import CurrentCaller, LanguageDep, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.read_request import ReadingDep
from voicehelper.multimodal import service
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.models import ReadTask
from voicehelper.multimodal.rejections import ReadTaskNotFoundError
from voicehelper.shapes.id_types import TaskId

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get(
    "/multimodal/tasks/{task_id}",
    summary="What was read of a file, as soon as it is.",
    responses=errors(ReadTaskNotFoundError),
    response_model_exclude_none=True,
)
def get_read_task(task_id: TaskId, caller: CurrentCaller, tools: ReadingDep, language: LanguageDep) -> ReadTask:
    return service.show(tools, TaskRef(caller.tenant_id, caller.user_id, task_id), language)


handler = lambda_handler(router)
