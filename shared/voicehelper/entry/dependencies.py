"""FastAPI dependencies of endpoints: the caller, the language, the page, and handles of the process's resources.

Handles connect at first use, because dependencies run before the request is validated.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from voicehelper import resources
from voicehelper.adapters.content import ContentStore
from voicehelper.adapters.database import Database, TenantDatabase
from voicehelper.adapters.queues import Queue
from voicehelper.entry.caller import NEEDS_EDITOR as NEEDS_EDITOR
from voicehelper.entry.caller import NEEDS_SESSION as NEEDS_SESSION
from voicehelper.entry.caller import CurrentCaller as CurrentCaller
from voicehelper.entry.caller import needs as needs
from voicehelper.entry.http import language_of
from voicehelper.messages.language import Language
from voicehelper.shapes.pages import PageRequest


def tenant_database(caller: CurrentCaller) -> TenantDatabase:
    return TenantDatabase(resources.database(), caller.tenant_id, caller.viewer)


DatabaseDep = Annotated[TenantDatabase, Depends(tenant_database)]
SystemDatabaseDep = Annotated[Database, Depends(resources.database)]
ContentDep = Annotated[ContentStore, Depends(resources.content)]
UploadQueueDep = Annotated[Queue, Depends(resources.upload_queue)]


LanguageDep = Annotated[Language, Depends(language_of)]


def page_request(
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1, page_size: Annotated[int, Query(ge=1, le=200)] = 20
) -> PageRequest:
    return PageRequest(page=page, page_size=page_size)


PageDep = Annotated[PageRequest, Depends(page_request)]
