"""GET /api/v1/conversations"""

from fastapi import APIRouter
from voicehelper.conversations import store
from voicehelper.conversations.models import ConversationDetails
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask")])


@router.get("/conversations", summary="Your conversations, the most recently used first.")
def list_conversations(page: PageDep, caller: CurrentCaller, database: DatabaseDep) -> Page[ConversationDetails]:
    with database.transaction() as tx:
        items = store.list_conversations(tx, owner_id=caller.user_id, limit=page.page_size, offset=page.offset)
        total = store.count_conversations(tx, owner_id=caller.user_id)
    return Page.of(items, total, page)


handler = lambda_handler(router)
