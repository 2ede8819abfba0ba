"""One mail, as a server on this machine takes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from voicehelper.adapters.smtp import Mailer
from voicehelper.errors import UpstreamUnavailableError

from tests.support.mail_server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.mark.parametrize(
    ("to", "subject", "text"),
    [
        ("ann@example.com", "Reset your password", "Open this link:\n\nhttps://example.com/?x=1\n"),
        ("李@例子.公司", "重置密码", "请打开以下链接：\n"),
        ("o.brien+x@example.co.uk", "ä" * 90, "Zeile\n" * 50),
    ],
)
def test_a_mail_arrives_as_it_was_written(server: MailServer, to: str, subject: str, text: str) -> None:
    Mailer(server.url, "voice@example.com").send(to=to, subject=subject, text=text)

    mail = server.take(to=to, limit_s=5)
    assert (mail["From"], mail["Subject"]) == ("voice@example.com", subject)
    assert mail.get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize("reply", ["550 no such user", "452 mailbox full"])
def test_a_refusal_is_a_failure_that_tells_nothing_of_the_mail(reply: str) -> None:
    with MailServer(refuses=reply) as server, pytest.raises(UpstreamUnavailableError) as failed:
        Mailer(server.url, "voice@example.com").send(to="a@example.com", subject="s", text="secret")

    assert "secret" not in str(failed.value)
    assert "a@example.com" not in str(failed.value)


def test_a_server_that_is_away_or_offers_no_tls_is_a_failure(server: MailServer) -> None:
    for url in ("smtp://127.0.0.1:1?plain", server.url.removesuffix("?plain"), "smtps://127.0.0.1:1"):
        with pytest.raises(UpstreamUnavailableError):
            Mailer(url, "voice@example.com").send(to="a@example.com", subject="s", text="t")

    assert server.is_empty()


def test_a_line_break_in_a_header_is_refused(server: MailServer) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        Mailer(server.url, "voice@example.com").send(to="a@example.com", subject="s\nBcc: b@example.com", text="t")

    assert server.is_empty()
