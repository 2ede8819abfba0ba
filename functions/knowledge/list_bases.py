"""GET /api/v1/knowledge/bases"""

from fastapi import APIRouter
from voicehelper.entry.dependencies import DatabaseDep, PageDep
from voicehelper.entry.http import lambda_handler
from voicehelper.knowledge import store
from voicehelper.knowledge.models import KnowledgeBaseDetails
from voicehelper.shapes.pages import Page

router = APIRouter()


@router.get("/knowledge/bases")
def list_bases(asked: PageDep, database: DatabaseDep) -> Page[KnowledgeBaseDetails]:
    with database.transaction() as conn:
        items, total = store.list_bases(conn, tenant_id=database.tenant_id, limit=asked.page_size, offset=asked.offset)
    return Page.of(items, total, asked)


handler = lambda_handler(router)
