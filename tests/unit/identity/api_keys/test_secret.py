from __future__ import annotations

import hashlib
import re
import string
import zlib
from collections.abc import Callable

import pytest
from voicehelper.identity.api_keys.secret import new_secret, read_secret

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def number_of(text: str) -> int:
    return sum(DIGITS.index(character) * 62**place for place, character in enumerate(reversed(text)))


def signed(body: str) -> str:
    """The body with the checksum that belongs to it."""
    number, places = zlib.crc32(body.encode()), ""
    for _ in range(6):
        number, place = divmod(number, 62)
        places = DIGITS[place] + places
    return body + places


def test_a_key_has_the_form_that_scanners_look_for_and_is_another_each_time() -> None:
    keys = {new_secret() for _ in range(200)}

    assert len({key.split("_")[1] for key in keys}) == len(keys) == 200
    assert all(re.fullmatch(r"vh_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}", key) for key in keys)


def test_what_is_stored_is_the_digest_of_the_secret_s_32_bytes() -> None:
    key = new_secret()
    secret = number_of(key.split("_")[2][:43]).to_bytes(32)

    read = read_secret(key)

    assert read is not None
    assert (read.prefix, read.digest) == (key.split("_")[1], hashlib.sha256(secret).digest())


def test_256_bits_are_the_most_that_a_secret_has() -> None:
    prefix = "vh_AAAAAAAAAAAA_"

    assert read_secret(signed(prefix + "0" * 43)) is not None
    assert read_secret(signed(prefix + "z" * 43)) is None


def test_every_single_changed_character_is_noticed_by_the_checksum() -> None:
    key = new_secret()
    changed = [key[:n] + ("1" if key[n] != "1" else "2") + key[n + 1 :] for n in range(3, len(key))]

    assert [read_secret(text) for text in changed] == [None] * len(changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:0],
        lambda key: key[:3],
        lambda key: key[:-1],
        lambda key: key[1:],
        lambda key: key + "0",
        lambda key: key + "\n",
        lambda key: " " + key,
        lambda key: key + "\u00a0",
        lambda key: key.replace("vh_", "VH_"),
        lambda key: key.replace("vh_", "vh-"),
        lambda key: key.swapcase(),
        lambda key: key.replace("v", "\u03bd", 1),
        lambda key: key[:-1] + "\uff11",
        lambda key: key[:-1] + "\u0661",
        lambda key: key[:20] + "\0" + key[21:],
        lambda key: key[:20] + "\u200b" + key[20:],
        lambda key: f"{key},{key}",
        lambda key: f"{key} {key}",
        lambda key: key * 5000,
        lambda key: f'"{key}"',
    ],
)
def test_what_is_no_key_is_read_as_none(change: Callable[[str], str]) -> None:
    assert read_secret(change(new_secret())) is None
