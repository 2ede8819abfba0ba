from __future__ import annotations

import pytest
from voicehelper.shapes import ids

KEY = "01930d5a-7c1e-7a52-9d0b-6f3c2a1b4e5f"


def test_ids_are_shown_with_a_prefix_and_read_back() -> None:
    key = ids.new_id()

    assert key.version == 7
    assert ids.parse("kb", ids.show("kb", key)) == key


@pytest.mark.parametrize("text", ["", "kb", "kb-", f"doc-{KEY}", KEY, f"kb-{KEY}x", "kb-" + "z" * 36])
def test_malformed_ids_are_the_id_of_nothing(text: str) -> None:
    assert ids.parse("kb", text) == ids.NOWHERE


def test_ids_grow_with_time() -> None:
    milliseconds = [ids.new_id().int >> 80 for _ in range(3)]

    assert milliseconds == sorted(milliseconds)
