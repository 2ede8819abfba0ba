"""``LinkMakerDep`` makes links to the tenant's documents, for endpoints that return sources; ``AbsoluteLinksDep`` makes
them for clients that are no pages of this deployment. ``FileReaderDep`` is who opens a file, by a link or by a token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request

from voicehelper import resources
from voicehelper.adapters.database import TenantDatabase
from voicehelper.entry.caller import Caller, caller_without_link
from voicehelper.entry.dependencies import CurrentCaller, tenant_database
from voicehelper.knowledge.links import LinkMaker, reader_of_link
from voicehelper.settings import settings
from voicehelper.shapes.id_types import DocumentId


def link_maker(caller: CurrentCaller) -> LinkMaker:
    return LinkMaker(resources.link_keys(), caller.tenant_id, caller.viewer, settings().public_base_url)


LinkMakerDep = Annotated[LinkMaker, Depends(link_maker)]


def absolute_links(request: Request, make_url: LinkMakerDep) -> LinkMaker:
    """Links that other programs can open: under the gateway's own name where the deployment has none."""
    host = request.scope.get("aws.event", {}).get("requestContext", {}).get("domainName", "")
    return make_url if make_url.base_url or not host else replace(make_url, base_url=f"https://{host}")


AbsoluteLinksDep = Annotated[LinkMaker, Depends(absolute_links)]


def file_reader(
    caller: Annotated[Caller | None, Depends(caller_without_link)],
    document_id: DocumentId,
    token: Annotated[str, Query(max_length=2048)] = "",
) -> TenantDatabase:
    """Whom a link was given to, or the caller."""
    if caller:
        return tenant_database(caller)
    return reader_of_link(resources.database(), resources.link_keys(), document_id, token)


FileReaderDep = Annotated[TenantDatabase, Depends(file_reader)]
