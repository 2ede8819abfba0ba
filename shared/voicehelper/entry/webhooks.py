"""``AdministratorDep``: who handles webhooks, for the endpoints of ``functions/webhooks``."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from voicehelper.entry.dependencies import CurrentCaller, DatabaseDep
from voicehelper.webhooks.service import Administrator


def administrator(caller: CurrentCaller, database: DatabaseDep) -> Administrator:
    return Administrator(database, caller.user_id, caller.key_id)


AdministratorDep = Annotated[Administrator, Depends(administrator)]
