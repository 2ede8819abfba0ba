"""``mailer``: the way to the mail server, of the function that sends. Apart from ``mail``, which is for endpoints."""

from __future__ import annotations

from voicehelper.adapters.aws_call import read_secret
from voicehelper.adapters.smtp import Mailer
from voicehelper.settings import settings


def mailer() -> Mailer:
    """The sign-in is read at each mail, of which there are few."""
    name = settings().mail_secret_name
    secret = read_secret(name)[1] if name else {}
    return Mailer(settings().smtp_url, settings().mail_sender, secret.get("username", ""), secret.get("password", ""))
