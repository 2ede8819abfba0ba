"""What registrations may hold: addresses that are what they look like, and passwords that are not guessed first."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from voicehelper.identity.models import Login, PasswordChange, Registration

PASSWORD = "Quiet-River-7-Lamps"


def codes(**changes: str) -> list[str]:
    """The codes that a registration with these values is refused with."""
    values = {"email": "mina@example.org", "password": PASSWORD, "username": "mina", **changes}
    try:
        Registration.model_validate(values)
    except ValidationError as error:
        return [str(item["ctx"]["error"]) for item in error.errors()]
    return []


def stored_email(email: str) -> str:
    return Registration(email=email, password=PASSWORD, username="mina").email


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("mina@example.org", "mina@example.org"),
        ("  Mina@Example.ORG ", "Mina@Example.ORG"),
        ("\uff4d\uff49\uff4e\uff41\uff20example\uff0eorg", "mina@example.org"),
        ("re\u0301mi@example.org", "r\u00e9mi@example.org"),
        ("\ufb01ona@example.org", "fiona@example.org"),
        ("\u00a0mina@example.org\u3000", "mina@example.org"),
        ("\u5f20\u4f1f@\u4f8b\u5b50.\u516c\u53f8", "\u5f20\u4f1f@\u4f8b\u5b50.\u516c\u53f8"),
        ("mina+lists@mail.example.local", "mina+lists@mail.example.local"),
        ("mina@\u0909\u0926\u093e\u0939\u0930\u0923.\u092d\u093e\u0930\u0924",) * 2,
        ("50%off@example.org", "50%off@example.org"),
        ("mina@3com.example", "mina@3com.example"),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert stored_email(typed) == stored
    assert Login(email=typed, password="x").email == stored


INVISIBLE = [
    *("\u00ad", "\u034f", "\u061c", "\u115f", "\u180e", "\u200b", "\u200d", "\u200e", "\u2028", "\u202b", "\u202e"),
    *("\u2060", "\u2067", "\u2069", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\ufff9", "\U000e0041"),
    *("\x07", "\x1b", "\x7f", "\x85", "\x9b"),
]


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda character: f"U+{ord(character):04X}")
def test_no_name_holds_a_character_that_nobody_sees(character: str) -> None:
    emails = [f"mi{character}na@example.org", f"mina@exa{character}mple.org", f"mina@example.o{character}rg"]

    assert [codes(email=email) for email in emails] == [["EMAIL_INVALID"]] * 3
    assert codes(username=f"mi{character}na") == ["USERNAME_CHARACTERS"]


@pytest.mark.parametrize(
    "email",
    [
        *("mina@[192.0.2.1]", "mina@192.0.2.1", "mina@[IPv6:2001:db8::1]", "mina@2001:db8::1", "mina@127.1"),
        *("mina@192.0.0x2.0x11", "mina@\uff11\uff12\uff17.0.0.\uff11\uff11", "mina@example.12"),
        *("mina%0d@example.org", "mina%00@example.org", "mina%E2%80%AE@example.org", "mina%250a@example.org"),
        *("mina\uff050a@example.org", "mina@exam%0aple.org", "mina@exam%ple.org", "mina%7F@example.org"),
        *("mina@example", "mina@@example.org", "@example.org", "mina@", "mi na@example.org", "mina@exam\u3002ple.org"),
        *(
            "mina@exam!ple.org",
            "mina@example.org\nbcc:x@example.org",
            "a" * 65 + "@example.org",
            "mina@" + "a." * 130 + "org",
        ),
    ],
)
def test_addresses_of_machines_and_encoded_characters_are_refused(email: str) -> None:
    assert codes(email=email) == ["EMAIL_INVALID"]


def test_usernames_are_stored_in_one_form() -> None:
    registration = Registration(email="mina@example.org", password=PASSWORD, username=" \uff2d\uff49\uff4e\uff41 W. ")

    assert registration.username == "Mina W."


@pytest.mark.parametrize("username", ["ab", "x" * 33, "  ab  ", "\u3000ab"])
def test_usernames_have_three_to_thirty_two_characters(username: str) -> None:
    assert codes(username=username) == ["USERNAME_LENGTH"]


def test_common_passwords_are_refused_in_registrations_and_changes() -> None:
    with pytest.raises(ValidationError) as refused:
        PasswordChange(current_password="x", new_password="Sunshine1")

    assert codes(password="Sunshine1") == ["PASSWORD_COMMON"]
    assert [str(item["ctx"]["error"]) for item in refused.value.errors()] == ["PASSWORD_COMMON"]


def test_a_current_password_need_not_meet_today_s_rules() -> None:
    assert PasswordChange(current_password="short", new_password=PASSWORD).current_password == "short"
