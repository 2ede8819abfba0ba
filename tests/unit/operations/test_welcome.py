"""The page behind the printed address."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from voicehelper.operations.welcome import welcome_page


def page(base_url: str = "") -> str:
    return welcome_page(base_url).content.decode()


def test_it_says_what_comes_next_in_both_languages() -> None:
    text = page("http://localhost:3107")

    assert text.count(".venv/bin/voicehelper --url http://localhost:3107 ask") == 2
    assert "The service is running" in text
    assert "服务已启动" in text
    assert set(re.findall(r'href="([^"]+)"', text)) == {"/docs", "/openapi.json", "/health", "/ready"}


def test_it_loads_nothing_and_its_style_is_the_one_its_policy_names() -> None:
    policy = welcome_page("").headers["content-security-policy"]
    styles = re.findall(r"<style>(.*?)</style>", page(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()

    assert len(styles) == 1
    assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"<script|<img|<link|style=|https?://", page())


@pytest.mark.parametrize("base_url", ['http://x"><script>', "http://x/<b>"])
def test_the_address_cannot_leave_its_place(base_url: str) -> None:
    assert "<script>" not in page(base_url)
    assert "<b>" not in page(base_url)
