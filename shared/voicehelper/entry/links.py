"""``LinkMakerDep``: makes links to the tenant's documents; for endpoints that return sources."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from voicehelper import resources
from voicehelper.entry.dependencies import CurrentCaller
from voicehelper.knowledge.links import LinkMaker
from voicehelper.settings import settings


def link_maker(caller: CurrentCaller) -> LinkMaker:
    return LinkMaker(resources.link_keys(), caller.tenant_id, caller.viewer, settings().public_base_url)


LinkMakerDep = Annotated[LinkMaker, Depends(link_maker)]
