"""``OwnerDep``: whose tasks an endpoint of agents handles."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from voicehelper.agents.service import Owner
from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep, LanguageDep
from voicehelper.entry.links import LinkMakerDep


def task_owner(caller: CurrentCaller, database: DatabaseDep, language: LanguageDep, make_url: LinkMakerDep) -> Owner:
    return Owner(database, caller.user_id, language, make_url)


OwnerDep = Annotated[Owner, Depends(task_owner)]
