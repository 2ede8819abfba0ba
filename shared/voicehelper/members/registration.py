"""Making an account: in a new workspace, or in the one of an invitation.

``functions/identity/register_user.py`` calls it. Apart from ``joining``, so that functions without passwords do not
import what hashes them.
"""

from __future__ import annotations

from voicehelper.adapters.database import Database
from voicehelper.identity import service
from voicehelper.identity import store as users
from voicehelper.identity.attempts import Origin
from voicehelper.identity.limits import Limits
from voicehelper.identity.models import Registration, User
from voicehelper.identity.passwords import hash_password
from voicehelper.members.joining import find_for, join
from voicehelper.shapes.ids import new_id


def register(database: Database, new: Registration, *, origin: Origin, limits: Limits) -> User:
    """Make an account in the workspace of the invitation, or, without one, in a new workspace.

    InvitationNotFoundError, InvitationForAnotherError or EmailTakenError leave the invitation as it was.
    """
    if new.invitation is None:
        return service.register(database, new, origin=origin, limits=limits)
    service.count_registration(database, origin=origin, limits=limits)
    pending = find_for(database, new.invitation, new.email)
    password_hash = hash_password(new.password)
    with database.transaction(pending.tenant_id) as tx:
        user = users.insert_member(tx, new, user_id=new_id(), password_hash=password_hash)
        join(tx, pending, user.id)
    return user
