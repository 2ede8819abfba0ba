from __future__ import annotations

import pytest
from voicehelper.identity.keys import KeyRing, SigningKeys

from tests.unit.identity.forging import CURRENT, PREVIOUS


@pytest.fixture
def keys() -> KeyRing:
    """Two keys in the middle of a rotation."""
    return KeyRing(lambda: SigningKeys("new", {"new": CURRENT, "old": PREVIOUS}))
