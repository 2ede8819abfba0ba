"""A mail server on this machine that keeps what it takes: aiosmtpd, which speaks SMTP as servers do."""

from __future__ import annotations

import queue
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from infra.local.processes import free_port


class MailServer:
    """``with MailServer() as server``; ``refuses`` is a reply that every recipient gets instead of being taken."""

    def __init__(self, *, refuses: str = "") -> None:
        self.refuses, self._taken = refuses, queue.Queue[EmailMessage]()
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port, enable_SMTPUTF8=True)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._port}?plain"

    def take(self, *, to: str, limit_s: float = 30) -> EmailMessage:
        """The next mail to the address; queue.Empty after ``limit_s`` without any. Those to others are dropped."""
        while (mail := self._taken.get(timeout=limit_s))["To"] != to:
            pass
        return mail

    def is_empty(self) -> bool:
        return self._taken.empty()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        mail = message_from_bytes(envelope.content, policy=policy.SMTPUTF8)
        assert isinstance(mail, EmailMessage)
        self._taken.put(mail)
        return "250 OK"
