"""Sends one mail by SMTP (RFC 5321); ``entry.mailer`` builds the ``Mailer`` for ``functions/identity/send_mail.py``.

From the standard library: a message now and then needs no pool, and smtplib speaks TLS, sign-in and SMTPUTF8.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final
from urllib.parse import urlsplit

from voicehelper.errors import UpstreamUnavailableError

_TIMEOUT_S: Final = 20.0
_PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mailer:
    """``url`` is smtp://host:587, which must offer STARTTLS, or smtps://host:465; ``?plain`` sends without TLS, to a
    relay on the same machine. ``user`` is empty for a server that asks for no sign-in.
    """

    url: str
    sender: str
    user: str = ""
    password: str = ""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """UpstreamUnavailableError if the server does not take it, for whatever reason; nothing of the text is told."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message.set_content(text)
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise UpstreamUnavailableError(f"the mail server: {type(error).__name__}") from None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port, context = parts.hostname or "", parts.port or _PORTS[parts.scheme], ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
            if parts.query != "plain":
                server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server
