"""Names of groups are in one Unicode form, visible, and of a length that lists can show."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from voicehelper.members.groups import NewGroup


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Einkauf", "Einkauf"),
        ("  sales & support ", "sales & support"),
        ("研发一部", "研发一部"),
        ("ＨＲ", "HR"),
        ("x" * 64, "x" * 64),
        ("７", "7"),
    ],
)
def test_a_name_is_kept_in_its_ordinary_form(given: str, kept: str) -> None:
    assert NewGroup(name=given).name == kept


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u200bb", "a\nb", "\u202eevil", "\u3164"])
def test_a_name_that_nobody_can_see_or_read_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="GROUP_NAME_INVALID"):
        NewGroup(name=name)
