"""The workspace in which a release is asked its question, before anybody's questions reach it.

``keep_release_workspace`` makes it, called where migrations are applied; ``release_check`` works in it. Nobody signs in
as its one member: no password has its hash, and no mail reaches its address (RFC 2606).
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import psycopg

WORKSPACE_ID: Final = UUID("00000000-0000-7000-8000-0000000c8ec1")
MEMBER_ID: Final = UUID("00000000-0000-7000-8000-0000000c8ec2")

MAKE_WORKSPACE: Final = (
    "INSERT INTO public.tenant (id, name) VALUES (%(workspace)s, 'release check') ON CONFLICT DO NOTHING"
)
MAKE_MEMBER: Final = """
    INSERT INTO public.app_user (id, tenant_id, email, username, password_hash)
    VALUES (%(member)s, %(workspace)s, 'release-check@voicehelper.invalid', 'release check', '!')
    ON CONFLICT DO NOTHING
"""
MAKE_MEMBERSHIP: Final = """
    INSERT INTO public.membership (tenant_id, user_id, role) VALUES (%(workspace)s, %(member)s, 'owner')
    ON CONFLICT DO NOTHING
"""


def keep_release_workspace(connection: psycopg.Connection) -> None:
    """Safe to run again. The owner of the schema calls it; nobody else may."""
    ids = {"workspace": WORKSPACE_ID, "member": MEMBER_ID}
    with connection.transaction():
        for statement in (MAKE_WORKSPACE, MAKE_MEMBER, MAKE_MEMBERSHIP):
            connection.execute(statement, ids)
