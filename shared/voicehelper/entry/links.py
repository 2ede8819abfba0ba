"""``LinkMakerDep`` makes links to the tenant's documents, for endpoints that return sources; ``AbsoluteLinksDep`` makes
them for clients that are no pages of this deployment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request

from voicehelper import resources
from voicehelper.entry.dependencies import CurrentCaller
from voicehelper.knowledge.links import LinkMaker
from voicehelper.settings import settings


def link_maker(caller: CurrentCaller) -> LinkMaker:
    return LinkMaker(resources.link_keys(), caller.tenant_id, caller.viewer, settings().public_base_url)


LinkMakerDep = Annotated[LinkMaker, Depends(link_maker)]


def absolute_links(request: Request, make_url: LinkMakerDep) -> LinkMaker:
    """Links that other programs can open: under the gateway's own name where the deployment has none."""
    host = request.scope.get("aws.event", {}).get("requestContext", {}).get("domainName", "")
    return make_url if make_url.base_url or not host else replace(make_url, base_url=f"https://{host}")


AbsoluteLinksDep = Annotated[LinkMaker, Depends(absolute_links)]
