"""What tells who calls, as ``resources`` builds the rest: the authorizer's keys, revocations and records of API keys.

The authorizer rather says that it cannot know than lets its gateway wait, so it reads with little patience.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from voicehelper.settings import settings

if TYPE_CHECKING:
    from voicehelper.identity.api_keys.reader import KeyReader
    from voicehelper.identity.api_keys.table import KeyTable
    from voicehelper.identity.ends import Ends
    from voicehelper.identity.keys import KeyRing
    from voicehelper.identity.revocation import RevocationList


@functools.cache
def verifying_keys() -> KeyRing:
    from voicehelper.adapters.aws_call import BRIEF
    from voicehelper.resources import key_ring

    return key_ring(settings().signing_key_parameter, BRIEF)


@functools.cache
def revoked_families() -> RevocationList:
    from voicehelper.adapters.aws_call import BRIEF
    from voicehelper.identity.revocation import RevocationList, RevocationTable

    return RevocationList(RevocationTable(settings().revoked_family_table, patience=BRIEF).fetch)


@functools.cache
def key_reader() -> KeyReader:
    from voicehelper.adapters.aws_call import BRIEF
    from voicehelper.identity.api_keys.reader import KeyReader
    from voicehelper.identity.api_keys.table import KeyTable
    from voicehelper.identity.limits import limits_of

    table = KeyTable(settings().revoked_family_table, patience=BRIEF)
    return KeyReader(table, limits_of(settings().stage).address)


@functools.cache
def key_table() -> KeyTable:
    """For those who make and end keys, and have more time."""
    from voicehelper.identity.api_keys.table import KeyTable

    return KeyTable(settings().revoked_family_table)


def ends_of_powers() -> Ends:
    from voicehelper.identity.ends import Ends
    from voicehelper.resources import revocation_table

    return Ends(revocation_table(), key_table())
