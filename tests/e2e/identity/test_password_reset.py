"""A forgotten password, from the request by way of a mail to the next sign-in."""

from __future__ import annotations

import re
import uuid

import pytest

from tests.support.client import PASSWORD, Client
from tests.support.mail_server import MailServer
from tests.support.product import Product

FORGOT, RESET = "/api/v1/auth/password/forgot", "/api/v1/auth/password/reset"
NEW_PASSWORD = "Blue-Kettle-4-Ravens"


@pytest.fixture
def mail(product: Product) -> MailServer:
    if product.mail is None:
        pytest.skip("mail is read from a product of our own")
    return product.mail


def sign_in(member: Client, password: str) -> int:
    return member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": password}).status_code


def test_a_mail_leads_to_a_new_password(product: Product, mail: MailServer) -> None:
    member = Client(product.base_url)
    refresh_token = member.sign_in()["refresh_token"]

    asked = member.call("POST", FORGOT, json={"email": member.email})
    text = mail.take(to=member.email).get_content()
    link = re.search(r"/\?password_reset=(\S+)", text)
    assert link
    body = {"token": link[1], "new_password": NEW_PASSWORD}
    done, again = (member.call("POST", RESET, json=body) for _ in range(2))

    assert (asked.status_code, set(asked.json())) == (202, {"message"})
    assert (done.status_code, done.content) == (204, b"")
    assert (again.status_code, again.json()["code"]) == (404, "RESET_TOKEN_NOT_FOUND")
    assert [sign_in(member, password) for password in (PASSWORD, NEW_PASSWORD)] == [401, 200]
    assert member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": refresh_token}).status_code == 401


def test_an_unknown_address_is_answered_in_the_same_words(product: Product, mail: MailServer) -> None:
    member = Client(product.base_url)

    known = member.call("POST", FORGOT, json={"email": member.email})
    unknown = member.call("POST", FORGOT, json={"email": f"{uuid.uuid4().hex}@example.com"})
    mail.take(to=member.email)

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


def test_a_password_that_is_none_and_a_sixth_request_are_refused(product: Product, mail: MailServer) -> None:
    member = Client(product.base_url)
    weak = member.call("POST", RESET, json={"token": "x", "new_password": "short"})

    asked = [member.call("POST", FORGOT, json={"email": f"no-{member.email}"}).status_code for _ in range(6)]

    assert (weak.status_code, weak.json()["details"]["fields"][0]["field"]) == (422, "new_password")
    assert asked == [202] * 5 + [429]
