"""What the links of mails lead to, and that what its script sends does what the page says."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from tests.support.client import PASSWORD, Client, http_client
from tests.support.product import Product


def test_the_link_of_an_invitation_leads_to_a_page_that_accepts_it(product: Product) -> None:
    owner, email = Client(product.base_url), f"{uuid.uuid4().hex}@example.com"
    made = owner.json("POST", "/api/v1/members/invitations", json={"email": email, "role": "reader"})
    link = urlsplit(made["url"])
    with http_client(product.base_url, language="en") as browser:
        page = browser.get(f"{link.path}?{link.query}")
        script, style = (browser.get(f"/docs?file=link.{kind}") for kind in ("js", "css"))
        sent = {"email": email, "username": "Neu", "password": PASSWORD, "invitation": made["token"]}
        registered = browser.post("/api/v1/auth/register", json=sent)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Accept an invitation" in page.text
    assert made["token"] not in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert style.headers["content-type"].startswith("text/css")
    assert registered.status_code == 201


def test_pages_speak_the_language_of_the_browser(product: Product) -> None:
    with http_client(product.base_url, language="zh-CN,zh;q=0.9") as browser:
        page = browser.get("/?password_reset=%3Cscript%3E")
        welcome = browser.get("/")

    assert "设置新密码" in page.text
    assert "<script>" not in page.text
    assert "服务已启动" in welcome.text
