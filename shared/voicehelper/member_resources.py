"""What changes of members write to, as ``resources`` builds the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicehelper.members.ends import Ends


def ends_of_powers() -> Ends:
    from voicehelper.identity_resources import key_table
    from voicehelper.members.ends import Ends
    from voicehelper.resources import revocation_table

    return Ends(revocation_table(), key_table())
