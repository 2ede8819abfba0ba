"""The page that the links of mails lead to."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from voicehelper.messages.language import Language
from voicehelper.operations.link_page import Kind, link_kind, link_page

KINDS: tuple[Kind, ...] = ("invitation", "password_reset")
LANGUAGES: tuple[Language, ...] = ("zh", "en")


def page(kind: Kind, language: Language = "en") -> str:
    return link_page(kind, language).content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_its_label_and_every_form_its_button(kind: Kind, language: Language) -> None:
    text = page(kind, language)

    fields = re.findall(r'<input id="([^"]+)"', text)
    assert fields
    assert re.findall(r'<label for="([^"]+)"', text) == fields
    assert text.count('<button type="submit">') == text.count("<form ")
    assert f'<html lang="{language}">' in text
    assert not re.search(r"\{\{|LINK_", text)


def test_each_language_says_it_in_its_own_words() -> None:
    assert "Accept an invitation" in page("invitation")
    assert "接受邀请" in page("invitation", "zh")
    assert "设置新密码" in page("password_reset", "zh")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(kind: Kind) -> None:
    text, headers = page(kind), link_page(kind, "en").headers

    assert not re.search(r"<script>|<style|style=|\son\w+=|https?://", text)
    assert "'unsafe-inline'" not in headers["content-security-policy"]
    assert "form-action 'none'" in headers["content-security-policy"]
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_the_script_has_an_action_for_every_form() -> None:
    script = resources.files("voicehelper.operations.reference").joinpath("link.js").read_text("utf-8")
    forms = {form for kind in KINDS for form in re.findall(r'<form id="(\w+)"', page(kind))}

    assert forms == set(re.findall(r"^  (\w+): ", script, re.MULTILINE)) == {"register", "join", "reset"}


@pytest.mark.parametrize(
    ("invitation", "password_reset", "kind"),
    [("t", "", "invitation"), ("", "t", "password_reset"), ("t", "t", "invitation"), ("", "", None)],
)
def test_the_address_says_what_the_page_is_for(invitation: str, password_reset: str, kind: Kind | None) -> None:
    assert link_kind(invitation=invitation, password_reset=password_reset) == kind
