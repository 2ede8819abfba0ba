"""Listed passwords are recognised in the spellings that people use to satisfy rules."""

from __future__ import annotations

import subprocess
import sys

import pytest
from voicehelper.identity.common_passwords import is_common


@pytest.mark.parametrize(
    "password",
    [
        *("Sunshine", "SUNSHINE", "sUnShInE1", "Sunsh1ne", "5unsh!ne", "$un5hine22", "Sunshine2019!", "!!Sunshine7"),
        *("Princess1", "Pr1nc3ss", "B4seb@ll1", "Superman99", "Starwars7", "Asdfgh123", "Computer#1", "Abcd1234"),
        *("\uff33\uff35\uff2e\uff33\uff28\uff29\uff2e\uff251", "Chocolate123456", "Admin1234", "Elephant77!"),
        *("Defghijk1", "Bbbbbbbb2", "Cc123456789"),
    ],
)
def test_a_listed_password_is_common_however_it_is_decorated(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "Quiet-River-7-Lamps",
        "xK3vTq9wLmZ2",
        "Sunshine-over-Harbour-3",
        "Sunshine8305719264",
        "Zebra7Kupfer",
        "94815!!27#",
        "",
    ],
)
def test_other_passwords_are_not_common(password: str) -> None:
    assert not is_common(password)


def test_the_list_is_read_only_when_a_password_is_judged() -> None:
    program = "import sys, voicehelper.identity.models; sys.exit('zxcvbn' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
