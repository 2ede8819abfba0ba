"""Sign-in with an identity provider through the gateway, as a browser does it."""

from __future__ import annotations

import uuid

import httpx
import pytest

from tests.support.client import Client, http_client
from tests.support.oidc_provider import OidcProvider
from tests.support.product import Product

START, CALLBACK = "/api/v1/auth/oidc/start", "/api/v1/auth/oidc/callback"


@pytest.fixture
def provider(product: Product) -> OidcProvider:
    if product.provider is None:
        pytest.skip("this product was started elsewhere, without a provider")
    product.provider.person = {"sub": uuid.uuid4().hex, "name": "Jana", "email_verified": True}
    product.provider.person["email"] = f"{product.provider.person['sub']}@example.org"
    return product.provider


@pytest.fixture
def browser(product: Product) -> httpx.Client:
    return http_client(product.base_url)


def test_a_browser_comes_back_with_tokens_that_open_everything(browser: httpx.Client, provider: OidcProvider) -> None:
    started = browser.get(START)
    finished = browser.get(CALLBACK, params=provider.agree(started.headers["location"]))
    token = finished.json()["access_token"]
    me = browser.get("/api/v1/users/me", headers={"authorization": f"Bearer {token}"}).json()
    renewed = browser.post("/api/v1/auth/refresh", json={"refresh_token": finished.json()["refresh_token"]})

    assert (started.status_code, finished.status_code, renewed.status_code) == (302, 200, 200)
    assert (me["email"], me["username"]) == (provider.person["email"], "Jana")
    assert len(browser.cookies) == 0


def test_the_password_of_whoever_registered_with_the_address_ends(
    browser: httpx.Client, provider: OidcProvider, product: Product
) -> None:
    squatter = Client(product.base_url)
    provider.person["email"] = squatter.email

    finished = browser.get(CALLBACK, params=provider.agree(browser.get(START).headers["location"]))
    login = {"email": squatter.email, "password": "SecurePass123!"}

    assert finished.json()["user"]["id"] == squatter.user["id"]
    assert browser.post("/api/v1/auth/login", json=login).status_code == 401


def test_an_answer_without_the_browsers_cookie_is_refused(browser: httpx.Client, provider: OidcProvider) -> None:
    answer = provider.agree(browser.get(START).headers["location"])
    browser.cookies.clear()
    refused = browser.get(CALLBACK, params=answer)

    assert (refused.status_code, refused.json()["code"]) == (401, "OIDC_STATE_INVALID")
    assert refused.json()["message"] == "这次登录已过期，或不是在此浏览器中发起的，请重新登录"
