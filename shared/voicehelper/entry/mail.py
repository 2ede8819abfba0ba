"""``SendLaterDep`` hands a mail over to the function that sends, so that no caller waits for a mail server."""

from __future__ import annotations

import functools
from typing import Annotated

from fastapi import Depends

from voicehelper.adapters.invoke import Later, invoke_later
from voicehelper.identity.password_reset import PasswordResetUnavailableError
from voicehelper.settings import settings


def send_later() -> Later:
    """PasswordResetUnavailableError where the deployment sends no mail."""
    if not settings().smtp_url:
        raise PasswordResetUnavailableError
    return functools.partial(invoke_later, settings().mail_function)


SendLaterDep = Annotated[Later, Depends(send_later)]
