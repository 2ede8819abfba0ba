"""GET /api/v1/conversations"""

from fastapi import APIRouter
from voicehelper.conversations import store
from voicehelper.conversations.models import ConversationDetails
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, PageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.shapes.pages import Page

router = APIRouter()


@router.get("/conversations")
def list_conversations(asked: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[ConversationDetails]:
    with database.transaction() as conn:
        items, total = store.list_conversations(
            conn, owner_id=caller.user_id, limit=asked.page_size, offset=asked.offset
        )
    return Page.of(items, total, asked)


handler = lambda_handler(router)
