"""Registration, sign-in and tokens through the gateway."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.client import PASSWORD, Client
from tests.support.product import Product


@pytest.fixture
def member(product: Product) -> Client:
    return Client(product.base_url)


def test_a_registration_returns_the_user_without_the_password_hash(member: Client) -> None:
    assert set(member.user) == {"id", "email", "username", "created_at"}
    assert member.json("GET", "/api/v1/users/me") == member.user


def test_an_email_address_is_registered_once_whatever_its_case(member: Client) -> None:
    again = {"email": member.email.upper(), "password": PASSWORD, "username": "other"}

    response = member.call("POST", "/api/v1/auth/register", json=again)

    assert (response.status_code, response.json()["code"]) == (409, "EMAIL_TAKEN")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "not-an-address", "邮箱格式不正确"),
        ("password", "short1A", "密码长度必须为 8 到 64 个字符"),
        ("password", "alllowercase1", "密码必须包含大写字母"),
        ("password", "ALLUPPERCASE1", "密码必须包含小写字母"),
        ("password", "NoDigitsHere", "密码必须包含数字"),
        ("password", "Aa1" + "x" * 62, "密码长度必须为 8 到 64 个字符"),
        ("username", "ab", "用户名长度必须为 3 到 32 个字符"),
        ("username", "nul\u0000byte", "含有无法保存的字符或数值"),
    ],
)
def test_invalid_fields_of_a_registration_are_named(member: Client, field: str, value: str, message: str) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, "username": "someone", field: value}

    response = member.call("POST", "/api/v1/auth/register", json=body)

    assert response.status_code == 422
    assert response.json()["details"]["fields"] == [{"field": field, "message": message}]


def test_unknown_addresses_and_wrong_passwords_get_the_same_answer(member: Client) -> None:
    wrong = member.call("POST", "/api/v1/auth/login", json={"email": member.email, "password": "Wrong12345"})
    unknown = member.call("POST", "/api/v1/auth/login", json={"email": "nobody@example.com", "password": "Wrong12345"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


def test_a_sign_in_returns_both_tokens_and_the_user(member: Client) -> None:
    answer = member.sign_in()

    assert set(answer) == {"access_token", "refresh_token", "expires_in", "user"}
    assert set(answer["user"]) == {"id", "email", "username"}
    assert answer["expires_in"] == 3600


def test_reusing_a_refresh_token_revokes_its_whole_family(member: Client) -> None:
    first = member.sign_in()
    second = member.json("POST", "/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})

    reused = member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    after = member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})

    assert (reused.status_code, reused.json()["code"]) == (401, "INVALID_TOKEN")
    assert after.status_code == 401


def test_only_one_of_two_simultaneous_refreshes_succeeds(member: Client) -> None:
    token = {"refresh_token": member.sign_in()["refresh_token"]}

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda _: member.call("POST", "/api/v1/auth/refresh", json=token).status_code, range(2))
        )

    assert sorted(answers) == [200, 401]


def test_access_and_refresh_tokens_are_not_interchangeable(member: Client) -> None:
    pair = member.sign_in()

    as_access = member.call("GET", "/api/v1/users/me", headers={"authorization": f"Bearer {pair['refresh_token']}"})
    as_refresh = member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": pair["access_token"]})

    assert as_access.status_code == as_refresh.status_code == 401


def test_logging_out_revokes_the_refresh_token(member: Client) -> None:
    pair = member.sign_in()

    logout = member.call("POST", "/api/v1/auth/logout")
    refresh = member.call("POST", "/api/v1/auth/refresh", json={"refresh_token": pair["refresh_token"]})

    assert (logout.status_code, refresh.status_code) == (204, 401)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic dXNlcjpwYXNz", "Bearer " + "a" * 9000])
def test_requests_without_a_valid_token_are_refused_in_the_error_shape(member: Client, header: str) -> None:
    response = member.http.request("GET", "/api/v1/users/me", headers={"authorization": header})

    assert response.status_code == 401
    assert set(response.json()) == {"code", "message"}
    assert response.headers["x-request-id"]
