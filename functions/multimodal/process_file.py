"""POST /api/v1/multimodal/process: a picture or scan in the request, or the announcement of a large one"""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from voicehelper.entry.dependencies import CurrentCaller, needs
from voicehelper.entry.http import API_PREFIX, errors, lambda_handler
from voicehelper.entry.read_request import READ_BODY, ReadingDep, ReadRequestDep
from voicehelper.errors import PayloadTooLargeError, UnsupportedMediaTypeError
from voicehelper.multimodal import service
from voicehelper.multimodal.keys import TaskRef
from voicehelper.multimodal.models import ReadAccepted, ReadFile
from voicehelper.multimodal.rejections import REJECTIONS
from voicehelper.shapes.ids import new_id

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.post(
    "/multimodal/process",
    summary="Read text, tables and an invoice's fields from a picture or scan.",
    responses={**errors(PayloadTooLargeError, UnsupportedMediaTypeError, *REJECTIONS), 202: {"model": ReadAccepted}},
    response_model_exclude_none=True,
    openapi_extra=READ_BODY,
)
def process_file(
    sent: ReadRequestDep,
    caller: CurrentCaller,
    tools: ReadingDep,
    response: Response,
    prefer: Annotated[str, Header()] = "",
) -> ReadFile | ReadAccepted:
    answer = service.read(tools, TaskRef(caller.tenant_id, caller.user_id, new_id()), sent, prefer)
    response.status_code = 200 if isinstance(answer, ReadFile) else 202
    return answer


handler = lambda_handler(router)
