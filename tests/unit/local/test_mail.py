"""`make run MAIL=…` as the address that functions get."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from infra import template
from infra.local.mail import mail_url
from infra.local.paths import ROOT
from infra.local.processes import StackError


@pytest.mark.parametrize("url", ["", "smtp://127.0.0.1:1025?plain", "smtp://mail.example.com", "smtps://[::1]:465"])
def test_a_server_is_taken_as_it_is(url: str) -> None:
    pattern = template.read().document["Parameters"]["SmtpUrl"]["AllowedPattern"]

    assert mail_url(url) == url
    assert re.match(pattern, url)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://127.0.0.1",
        "smtp://",
        "smtp://me:pw@mail.example.com",
        "smtp://mail.example.com/box",
        "smtp://mail.example.com?tls",
        "smtp://mail.example.com:smtp",
        "smtp://mail example.com",
    ],
)
def test_anything_else_is_refused_with_what_it_may_be(url: str) -> None:
    with pytest.raises(StackError, match="MAIL is a server, as smtp://"):
        mail_url(url)


def test_make_names_it() -> None:
    environment = os.environ | {"MAIL": "smtp://127.0.0.1:1025?plain"}
    said = subprocess.run(["make", "-n", "run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert "--mail 'smtp://127.0.0.1:1025?plain'" in said.stdout
