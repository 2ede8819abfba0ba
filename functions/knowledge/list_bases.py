"""GET /api/v1/knowledge/bases"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, PageDep, needs
from voicehelper.entry.http import API_PREFIX, lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBaseDetails
from voicehelper.shapes.pages import Page

router = APIRouter(prefix=API_PREFIX, dependencies=[needs("ask", "retrieve")])


@router.get("/knowledge/bases", summary="Your knowledge bases, newest first.")
def list_bases(page: PageDep, database: DatabaseDep) -> Page[KnowledgeBaseDetails]:
    with database.transaction() as tx:
        items = store.list_bases(tx, limit=page.page_size, offset=page.offset)
        total = store.count_bases(tx)
    return Page.of(items, total, page)


handler = lambda_handler(router)
