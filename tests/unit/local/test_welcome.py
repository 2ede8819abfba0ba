"""The first steps that a newcomer is shown are accepted by the product."""

from __future__ import annotations

import re

import pytest
from voicehelper.identity.models import Registration

from infra.local.paths import ROOT
from infra.local.welcome import welcome

PAGES = {
    "terminal": welcome("http://localhost:3001"),
    **{name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")},
}


@pytest.mark.parametrize("name", PAGES)
def test_the_registration_that_is_shown_is_valid(name: str) -> None:
    shown = re.search(r"register (\S+) --password '([^']+)' --username (\S+)", PAGES[name])

    assert shown
    assert Registration(email=shown[1], password=shown[2], username=shown[3])
