"""``Ends``: where the authorizer learns that somebody's sessions and keys have ended."""

from __future__ import annotations

from dataclasses import dataclass

from voicehelper.identity.api_keys.table import KeyTable
from voicehelper.identity.revocation import RevocationTable


@dataclass(frozen=True, slots=True)
class Ends:
    """Both are written before the commit of what ended them."""

    revocations: RevocationTable
    keys: KeyTable
